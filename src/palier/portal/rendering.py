"""How forms become HTML: as Django does it, and the first field that is wrong has the focus."""

from __future__ import annotations

from typing import Any

from django.forms import BoundField, Widget
from django.forms.renderers import DjangoTemplates


class Field(BoundField):
    """A field of a form; the browser shows the first wrong one, wherever on the page it stands, and says its error."""

    def build_widget_attrs(self, attrs: dict[str, Any], widget: Widget | None = None) -> dict[str, Any]:
        """The attributes of the widget."""
        found: dict[str, Any] = super().build_widget_attrs(attrs, widget)
        if self._is_first_wrong():
            found["autofocus"] = True
        return found

    def _is_first_wrong(self) -> bool:
        """Whether it comes first among the wrong ones; what is wrong with the form as a whole comes before them all."""
        if not self.form.is_bound or self.is_hidden or self.use_fieldset or self.form.non_field_errors():
            return False
        return self.name == next((name for name in self.form.fields if name in self.form.errors), None)


class Renderer(DjangoTemplates):
    """Django's own, with these fields."""

    bound_field_class = Field
