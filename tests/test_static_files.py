"""What browsers are given in production: each file under a name made from its content."""

import re
from pathlib import Path

from django.conf import settings

IMPORTED = re.compile(r"""(?:from|import) ?\(?["']([^"']+)["']""")
BY_CONTENT = re.compile(r"\.[0-9a-f]{12}\.js$")


def test_our_scripts_import_each_other_by_names_made_from_content(collected):
    sources = sorted((Path(settings.BASE_DIR) / "static" / "js").glob("*.js"))
    served = sorted(path for path in (collected / "js").glob("*.js") if BY_CONTENT.search(path.name))

    asked = [IMPORTED.findall(path.read_text()) for path in sources]
    given = [IMPORTED.findall(path.read_text()) for path in served]

    assert [BY_CONTENT.sub(".js", path.name) for path in served] == [path.name for path in sources]
    assert [[BY_CONTENT.sub(".js", name) for name in names] for names in given] == asked
    assert sum(map(len, asked)) >= 6
    for names in given:
        assert all(BY_CONTENT.search(name) and (collected / "js" / name).is_file() for name in names)
