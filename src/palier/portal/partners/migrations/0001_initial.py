"""The first tables of partners."""

import django.db.models.deletion
import django.db.models.functions.text
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="Application",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("application_id", models.CharField(max_length=100, unique=True)),
                ("company", models.CharField(max_length=200)),
                ("country", models.CharField(max_length=2)),
                ("domain", models.CharField(max_length=253)),
                ("contact", models.CharField(max_length=200)),
                ("email", models.EmailField(max_length=254)),
                ("language", models.CharField(default="en", max_length=2)),
                ("program", models.CharField(max_length=60)),
                (
                    "level",
                    models.CharField(
                        choices=[("provider", "provider"), ("partner", "partner"), ("member", "member")], max_length=10
                    ),
                ),
                ("message", models.TextField(blank=True, max_length=2000)),
                (
                    "status",
                    models.CharField(
                        choices=[("received", "received"), ("accepted", "accepted"), ("refused", "refused")],
                        default="received",
                        max_length=10,
                    ),
                ),
                ("received_at", models.DateTimeField()),
                ("partner_id", models.CharField(blank=True, help_text="Given on acceptance.", max_length=100)),
                ("reason", models.CharField(blank=True, max_length=1000)),
                ("decided_by", models.CharField(blank=True, max_length=64)),
                ("decided_at", models.DateTimeField(blank=True, null=True)),
            ],
            options={
                "ordering": ["received_at", "pk"],
                "indexes": [models.Index(fields=["status", "received_at"], name="partners_ap_status_8999c0_idx")],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("status__in", ["received", "accepted", "refused"])),
                        name="application_status",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("status", "accepted"), models.Q(("partner_id", ""), _negated=True)),
                            models.Q(models.Q(("status", "accepted"), _negated=True), ("partner_id", "")),
                            _connector="OR",
                        ),
                        name="application_accepted_has_partner",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("status", "refused"), _negated=True),
                            models.Q(("reason", ""), _negated=True),
                            _connector="OR",
                        ),
                        name="application_refused_with_reason",
                    ),
                    models.UniqueConstraint(
                        django.db.models.functions.text.Lower("email"),
                        models.F("program"),
                        condition=models.Q(("status", "received")),
                        name="application_open_once",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Company",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("partner_id", models.CharField(max_length=100, unique=True)),
                ("name", models.CharField(blank=True, max_length=200)),
                ("country", models.CharField(blank=True, max_length=2)),
                ("payment_currency", models.CharField(blank=True, max_length=3)),
            ],
            options={
                "ordering": ["name", "partner_id"],
                "indexes": [models.Index(django.db.models.functions.text.Lower("name"), name="company_by_name")],
            },
        ),
        migrations.CreateModel(
            name="ContactForm",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("form_id", models.CharField(max_length=100, unique=True)),
                ("partner_id", models.CharField(max_length=100)),
                ("program", models.CharField(max_length=60)),
                ("filed_at", models.DateTimeField()),
                (
                    "filed_by",
                    models.CharField(
                        blank=True, help_text="The person's pseudonym; empty for the warehouse.", max_length=64
                    ),
                ),
                ("answers", models.JSONField(default=dict)),
                (
                    "deadline_on",
                    models.DateField(blank=True, help_text="The last day to file that it answered to.", null=True),
                ),
                (
                    "waits_for_on",
                    models.DateField(blank=True, help_text="The cycle a late form waits for (B169-172).", null=True),
                ),
            ],
            options={
                "ordering": ["partner_id", "program", "-filed_at", "-pk"],
                "indexes": [
                    models.Index(fields=["partner_id", "program", "filed_at"], name="partners_co_partner_e96462_idx")
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            ("waits_for_on", None), ("waits_for_on__gt", models.F("deadline_on")), _connector="OR"
                        ),
                        name="form_waits_after_deadline",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Decision",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("decision_id", models.CharField(max_length=100, unique=True)),
                ("partner_id", models.CharField(max_length=100)),
                ("program", models.CharField(max_length=60)),
                ("tier", models.CharField(blank=True, max_length=60)),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("opening", "opening tier"),
                            ("published", "published list"),
                            ("override", "exception"),
                            ("suspended", "suspended"),
                            ("restored", "restored"),
                        ],
                        max_length=10,
                    ),
                ),
                ("reason", models.CharField(blank=True, max_length=1000)),
                ("effective_on", models.DateField()),
                (
                    "decided_by",
                    models.CharField(blank=True, help_text="A pseudonym; empty for the warehouse.", max_length=64),
                ),
                ("decided_at", models.DateTimeField(blank=True, null=True)),
            ],
            options={
                "ordering": ["-effective_on", "-pk"],
                "indexes": [
                    models.Index(
                        fields=["partner_id", "program", "effective_on"], name="partners_de_partner_b7f2ff_idx"
                    )
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("kind__in", ["opening", "published", "override", "suspended", "restored"])),
                        name="decision_kind",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Domain",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("partner_id", models.CharField(db_index=True, max_length=100)),
                ("domain", models.CharField(max_length=253)),
                ("approved_on", models.DateField(blank=True, null=True)),
                ("revoked_on", models.DateField(blank=True, null=True)),
                ("requested_at", models.DateTimeField(blank=True, null=True)),
                ("refused_at", models.DateTimeField(blank=True, null=True)),
                ("reason", models.CharField(blank=True, max_length=1000)),
            ],
            options={
                "ordering": ["partner_id", "domain", "approved_on", "pk"],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            ("revoked_on", None), ("revoked_on__gte", models.F("approved_on")), _connector="OR"
                        ),
                        name="domain_in_order",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("domain", django.db.models.functions.text.Lower("domain")),
                            models.Q(("domain", ""), _negated=True),
                        ),
                        name="domain_lower_case",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("approved_on", None), ("refused_at", None), _connector="OR"),
                        name="domain_approved_or_refused",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("revoked_on", None), ("approved_on__isnull", False), _connector="OR"),
                        name="domain_revoked_once_approved",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("approved_on__isnull", False), ("requested_at__isnull", False), _connector="OR"
                        ),
                        name="domain_asked_or_approved",
                    ),
                    models.UniqueConstraint(
                        fields=("partner_id", "domain", "approved_on"), name="domain_approved_once_a_day"
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("refused_at", None), ("revoked_on", None)),
                        fields=("partner_id", "domain"),
                        name="domain_open_once_a_partner",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Enrolment",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("enrolment_id", models.CharField(max_length=100, unique=True)),
                ("partner_id", models.CharField(db_index=True, max_length=100)),
                ("program", models.CharField(max_length=60)),
                (
                    "level",
                    models.CharField(
                        choices=[("provider", "provider"), ("partner", "partner"), ("member", "member")], max_length=10
                    ),
                ),
                ("enrolled_on", models.DateField()),
                ("left_on", models.DateField(blank=True, null=True)),
            ],
            options={
                "ordering": ["partner_id", "program", "enrolled_on", "pk"],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            ("left_on", None), ("left_on__gte", models.F("enrolled_on")), _connector="OR"
                        ),
                        name="enrolment_in_order",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("level__in", ["provider", "partner", "member"])), name="enrolment_level"
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("left_on", None)),
                        fields=("partner_id", "program"),
                        name="enrolment_lasting_once",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Import",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("import_id", models.CharField(max_length=100, unique=True)),
                ("table", models.CharField(max_length=40)),
                ("partner_id", models.CharField(blank=True, max_length=100)),
                ("file_name", models.CharField(blank=True, max_length=200)),
                ("imported_by", models.CharField(max_length=64)),
                ("imported_at", models.DateTimeField()),
                ("undone_at", models.DateTimeField(blank=True, null=True)),
                ("created", models.PositiveIntegerField(default=0)),
                ("changed", models.PositiveIntegerField(default=0)),
                ("unchanged", models.PositiveIntegerField(default=0)),
                ("rejected", models.PositiveIntegerField(default=0)),
            ],
            options={
                "ordering": ["-imported_at", "-pk"],
                "indexes": [models.Index(fields=["partner_id", "imported_at"], name="partners_im_partner_d608af_idx")],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            ("table__in", ["partner_users", "partner_domains", "attestations", "influenced_sales"])
                        ),
                        name="import_table",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Influenced",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("influenced_id", models.CharField(max_length=100, unique=True)),
                ("partner_id", models.CharField(max_length=100)),
                (
                    "customer_id",
                    models.CharField(
                        blank=True,
                        help_text="Set by the vendor, which knows its customers; empty until then.",
                        max_length=100,
                    ),
                ),
                ("customer_said", models.CharField(blank=True, max_length=200)),
                (
                    "role",
                    models.CharField(
                        blank=True,
                        choices=[("sourced", "recommended the account"), ("supported", "helped to close the deal")],
                        max_length=10,
                    ),
                ),
                (
                    "mrr_minor",
                    models.BigIntegerField(blank=True, help_text="Minor units of the currency, a month.", null=True),
                ),
                ("currency", models.CharField(blank=True, max_length=3)),
                ("closed_on", models.DateField()),
                ("matched_on", models.DateField(blank=True, null=True)),
                ("story", models.CharField(blank=True, max_length=2000)),
                (
                    "status",
                    models.CharField(
                        choices=[("submitted", "submitted"), ("accepted", "accepted"), ("refused", "refused")],
                        default="submitted",
                        max_length=10,
                    ),
                ),
                ("reason", models.CharField(blank=True, max_length=1000)),
                (
                    "submitted_by",
                    models.CharField(blank=True, help_text="A pseudonym; empty for the warehouse.", max_length=64),
                ),
                ("submitted_at", models.DateTimeField(blank=True, null=True)),
                ("decided_by", models.CharField(blank=True, max_length=64)),
                ("decided_at", models.DateTimeField(blank=True, null=True)),
            ],
            options={
                "ordering": ["-closed_on", "-pk"],
                "indexes": [
                    models.Index(fields=["partner_id", "closed_on"], name="partners_in_partner_30df4c_idx"),
                    models.Index(fields=["status", "submitted_at"], name="partners_in_status_6e6126_idx"),
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("status__in", ["submitted", "accepted", "refused"])),
                        name="influenced_status",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(
                                ("matched_on__isnull", False),
                                ("status", "accepted"),
                                models.Q(("customer_id", ""), _negated=True),
                            ),
                            models.Q(models.Q(("status", "accepted"), _negated=True), ("matched_on", None)),
                            _connector="OR",
                        ),
                        name="influenced_accepted_is_matched",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("status", "refused"), _negated=True),
                            models.Q(("reason", ""), _negated=True),
                            _connector="OR",
                        ),
                        name="influenced_refused_with_reason",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("mrr_minor", None), ("mrr_minor__gte", 0), _connector="OR"),
                        name="influenced_not_negative",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="VendorContact",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("partner_id", models.CharField(db_index=True, max_length=100)),
                ("name", models.CharField(max_length=200)),
                ("email", models.EmailField(max_length=254)),
                ("role", models.CharField(max_length=100)),
            ],
            options={
                "ordering": ["partner_id", "role", "name"],
                "constraints": [
                    models.UniqueConstraint(
                        models.F("partner_id"),
                        models.F("role"),
                        django.db.models.functions.text.Lower("email"),
                        name="vendor_contact_once_a_role",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Attestation",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("attestation_id", models.CharField(max_length=100, unique=True)),
                ("partner_id", models.CharField(max_length=100)),
                ("code", models.CharField(max_length=60)),
                ("value", models.CharField(blank=True, max_length=200)),
                ("effective_from", models.DateField()),
                ("effective_until", models.DateField(blank=True, null=True)),
                (
                    "vouched_by",
                    models.CharField(blank=True, help_text="A pseudonym; empty for the warehouse.", max_length=64),
                ),
                ("reason", models.CharField(blank=True, max_length=1000)),
                (
                    "form",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="attested",
                        to="partners.contactform",
                    ),
                ),
            ],
            options={
                "ordering": ["partner_id", "code", "effective_from", "pk"],
                "indexes": [models.Index(fields=["partner_id", "code"], name="partners_at_partner_37e467_idx")],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            ("effective_until", None),
                            ("effective_until__gte", models.F("effective_from")),
                            _connector="OR",
                        ),
                        name="attestation_in_order",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("code", ""), _negated=True), name="attestation_has_code"
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Employee",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("user_id", models.CharField(max_length=100, unique=True)),
                ("partner_id", models.CharField(db_index=True, max_length=100)),
                ("email", models.EmailField(blank=True, max_length=254)),
                ("name", models.CharField(blank=True, max_length=200)),
                ("is_partner_employee", models.BooleanField(default=False)),
                ("added_on", models.DateField()),
                ("deactivated_on", models.DateField(blank=True, null=True)),
                ("deleted_on", models.DateField(blank=True, null=True)),
                (
                    "explanation",
                    models.CharField(blank=True, help_text="Why the address is on no approved domain.", max_length=500),
                ),
                (
                    "account",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="employments",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "ordering": ["partner_id", "name", "email", "user_id"],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            ("deactivated_on", None), ("deactivated_on__gte", models.F("added_on")), _connector="OR"
                        ),
                        name="employee_deactivated_after_added",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("deleted_on", None), ("deleted_on__gte", models.F("added_on")), _connector="OR"
                        ),
                        name="employee_deleted_after_added",
                    ),
                    models.UniqueConstraint(
                        models.F("partner_id"),
                        django.db.models.functions.text.Lower("email"),
                        condition=models.Q(("deleted_on", None), models.Q(("email", ""), _negated=True)),
                        name="employee_address_once_a_partner",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="ImportedRow",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("key", models.CharField(max_length=400)),
                ("before", models.JSONField(null=True)),
                ("after", models.JSONField()),
                (
                    "taken",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="rows", to="partners.import"
                    ),
                ),
            ],
            options={
                "ordering": ["pk"],
                "constraints": [models.UniqueConstraint(fields=("taken", "key"), name="imported_row_once")],
            },
        ),
    ]
