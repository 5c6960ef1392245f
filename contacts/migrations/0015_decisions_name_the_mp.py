import django.db.models.deletion
from django.db import migrations, models
from django.db.models import OuterRef, Subquery


def name_the_mp(apps, schema_editor):
    """The MP of each decision is that of its post."""
    posts = apps.get_model("contacts", "Post").objects.filter(pk=OuterRef("post_id"))
    for name in ("PortfolioMatch", "HistoricalPortfolioMatch"):
        rows = apps.get_model("contacts", name).objects
        rows.update(mp_id=Subquery(posts.values("mp_id")[:1]))


class Migration(migrations.Migration):
    dependencies = [
        ("contacts", "0014_where_posts_end"),
    ]

    operations = [
        migrations.AddField(
            model_name="portfoliomatch",
            name="mp",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="contacts.mp",
                verbose_name="MP",
            ),
        ),
        migrations.AddField(
            model_name="historicalportfoliomatch",
            name="mp",
            field=models.ForeignKey(
                blank=True,
                db_constraint=False,
                null=True,
                on_delete=django.db.models.deletion.DO_NOTHING,
                related_name="+",
                to="contacts.mp",
                verbose_name="MP",
            ),
        ),
        migrations.RunPython(name_the_mp, migrations.RunPython.noop),
    ]
