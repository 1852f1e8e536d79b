"""The words of the journal: what was done, on what kind of thing; entries keep codes, pages say them."""

from __future__ import annotations

from collections.abc import Mapping

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

DEEDS: Mapping[tuple[str, str], Promise] = {
    ("access", "answer by restoring"): _("answered a request for access by giving back an earlier one"),
    ("access", "ask again"): _("asked the customer for access again"),
    ("access", "ask for access"): _("asked a customer for access"),
    ("access", "associate"): _("associated an employee with a customer"),
    ("access", "decline access"): _("refused access to the customer’s account"),
    ("access", "grant access"): _("granted access to the customer’s account"),
    ("access", "remove access"): _("removed access to a customer’s account"),
    ("access", "restore access"): _("restored access to the customer’s account"),
    ("access", "revoke access"): _("revoked access to the customer’s account"),
    ("access", "withdraw"): _("withdrew a request for access"),
    ("application", "accepted"): _("accepted an application to join"),
    ("application", "apply"): _("applied to join"),
    ("application", "refused"): _("refused an application to join"),
    ("attempt", "ask_run"): _("asked for a run"),
    ("attempt", "fail"): _("a run failed; nothing people see changed"),
    ("attestation", "attest"): _("vouched for something a partner has or did"),
    ("attestation", "end"): _("ended what was vouched for"),
    ("domain", "approve"): _("approved an e-mail domain"),
    ("domain", "refuse"): _("refused an e-mail domain"),
    ("domain", "request"): _("asked for an e-mail domain"),
    ("domain", "revoke"): _("revoked an e-mail domain"),
    ("employee", "add"): _("added an employee"),
    ("employee", "deactivate"): _("deactivated an employee"),
    ("employee", "delete"): _("deleted an employee"),
    ("employee", "reactivate"): _("reactivated an employee"),
    ("employee", "tag"): _("tagged somebody as partner employee"),
    ("employee", "untag"): _("took the tag of partner employee from somebody"),
    ("facts", "identify"): _("changed the map of ids from a file"),
    ("import", "import"): _("imported a CSV file"),
    ("import", "undo"): _("undid an import"),
    ("influenced_sale", "accept"): _("accepted an influenced deal"),
    ("influenced_sale", "refuse"): _("refused an influenced deal"),
    ("influenced_sale", "submit"): _("submitted an influenced deal"),
    ("invitation", "invitation.sent"): _("invited somebody"),
    ("invitation", "invitation.sent_again"): _("sent an invitation again"),
    ("invitation", "invitation.withdrawn"): _("withdrew an invitation"),
    ("mail", "resend"): _("had a mail sent again"),
    ("membership", "membership.began"): _("became a member of an organisation"),
    ("membership", "membership.ended"): _("ended somebody’s membership of an organisation"),
    ("membership", "membership.role_changed"): _("changed somebody’s role"),
    ("occasion", "retry"): _("had the schedule try something again"),
    ("organisation", "identity_provider.removed"): _("removed the organisation’s own sign-in"),
    ("organisation", "identity_provider.set"): _("set up the organisation’s own sign-in"),
    ("organisation", "organisation.made"): _("made an organisation"),
    ("organisation", "seeing.started"): _("began to look at the portal as this partner"),
    ("organisation", "seeing.stopped"): _("stopped looking at the portal as this partner"),
    ("partner", "change currency"): _("changed the currency in which a partner’s commissions are paid"),
    ("partner", "change level"): _("changed a partner’s level"),
    ("partner", "decide"): _("decided on a partner’s tier or compliance"),
    ("partner", "except"): _("made an exception at a recalibration"),
    ("partner", "except no more"): _("took back an exception at a recalibration"),
    ("partner", "file"): _("filed the contact form"),
    ("person", "erase"): _("erased a person’s data"),
    ("person", "mails.refused"): _("chose not to receive a kind of mail"),
    ("person", "mails.wanted"): _("chose to receive a kind of mail"),
    ("portal", "second_factor.required"): _("set for which roles a second factor is required"),
    ("program", "feed"): _("said where a program’s facts come from"),
    ("program", "shadow"): _("compared the vendor’s own tiers with Palier’s"),
    ("recalibration", "publish"): _("published a recalibration"),
    ("recalibration", "try"): _("tried a recalibration"),
    ("rulebook", "adopt"): _("took over a version of the rules"),
    ("rulebook", "approve"): _("approved a version of the rules"),
    ("rulebook", "decline"): _("sent a version of the rules back"),
    ("rulebook", "draft"): _("began a draft of the rules"),
    ("rulebook", "edit"): _("changed a value in a draft"),
    ("rulebook", "propose"): _("proposed a version of the rules"),
    ("rulebook", "renew"): _("put a draft on the newest version of the rules"),
    ("rulebook", "try"): _("tried a draft on the facts"),
    ("run", "mark_failed"): _("marked a run as failed"),
    ("run", "publish"): _("published a run"),
    ("seat", "give seat"): _("gave a partner seat"),
    ("seat", "take seat"): _("took a partner seat back"),
    ("table", "own"): _("decided who owns a fact table"),
    ("vendor_contact", "name"): _("named a contact at the vendor"),
    ("vendor_contact", "remove"): _("removed a contact at the vendor"),
}
"""What somebody did, by the kind of its subject and the verb: it follows the name of who did it."""

SAID_OF_ANY: Mapping[str, Promise] = {"identify": _("said under which id the warehouse knows this")}
"""What may be done on subjects of any kind."""

KINDS: Mapping[str, Promise] = {
    "access": _("access"),
    "application": _("application"),
    "attempt": _("attempt at a run"),
    "attestation": _("attestation"),
    "customer": _("customer"),
    "domain": _("e-mail domain"),
    "employee": _("team member"),
    "facts": _("facts"),
    "import": _("import"),
    "influenced_sale": _("influenced deal"),
    "invitation": _("invitation"),
    "mail": _("mail"),
    "membership": _("membership"),
    "occasion": _("occasion of the schedule"),
    "organisation": _("organisation"),
    "partner": _("partner"),
    "person": _("person"),
    "portal": _("portal"),
    "program": _("program"),
    "recalibration": _("recalibration"),
    "rulebook": _("version of the rules"),
    "run": _("run"),
    "seat": _("partner seat"),
    "table": _("fact table"),
    "user": _("person"),
    "vendor_contact": _("contact at the vendor"),
}
"""What kind of thing an entry is about."""

ACTORS: Mapping[str, Promise] = {
    "adopt": _("the set-up"),
    "applicant": _("a company that applies"),
    "demo": _("the demo"),
    "erase_person": _("the command line"),
    "feed": _("the set-up"),
    "first_administrator": _("the set-up"),
    "schedule": _("the schedule"),
}
"""Who acts without being a person."""


def said(kind: str, verb: str) -> Promise | str:
    """What was done, in the reader's language; the code itself where no words are known."""
    words = DEEDS.get((kind, verb), SAID_OF_ANY.get(verb))
    return verb if words is None else words
