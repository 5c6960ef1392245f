from contacts.models import MP
from tests.factories import MPFactory


def test_factories_make_a_sitting_mp_of_an_authority(authority):
    mp = MPFactory(authority=authority)

    assert list(MP.objects.of(authority)) == [mp]
