import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("contacts", "0015_decisions_name_the_mp"),
    ]

    operations = [
        migrations.AlterField(
            model_name="portfoliomatch",
            name="mp",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="contacts.mp",
                verbose_name="MP",
            ),
        ),
        migrations.AlterField(
            model_name="portfoliomatch",
            name="post",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.SET_NULL,
                related_name="matches",
                to="contacts.post",
            ),
        ),
    ]
