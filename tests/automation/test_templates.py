"""What is filled into a message template, and which one can be sent."""

from __future__ import annotations

from typing import Any

import pytest

from ventros.automation.templates import filled, require_sendable
from ventros.automation.values import MessageTemplate, TemplateType
from ventros.kernel.errors import ValidationError
from ventros.values import MediaUrl


def template(content: str, **changes: Any) -> MessageTemplate:
    return MessageTemplate(**{"type": TemplateType.TEXT, "content": content, **changes})


@pytest.mark.parametrize(
    ("content", "variables", "text"),
    [
        ("Hello", {}, "Hello"),
        ("Hello {{name}}!", {}, "Hello Ada!"),
        ("{{ name }}: {{offer}}", {"offer": "50 %"}, "Ada: 50 %"),
        ("{{name}}", {"name": "customer"}, "customer"),
        ("{{offer}}", {"offer": "{{name}}"}, "{{name}}"),
        (r"{{offer}}", {"offer": r"\1 \g<0>"}, r"\1 \g<0>"),
        ("{name} {{}} }}{{", {}, "{name} {{}} }}{{"),
    ],
)
def test_placeholders_are_filled_once(content: str, variables: dict[str, str], text: str) -> None:
    assert filled(template(content, variables=variables), contact_name="Ada") == text


def test_an_unknown_placeholder_is_named() -> None:
    with pytest.raises(ValidationError, match=r"no variable for \{\{nmae\}\}; there is name, offer"):
        filled(template("Hello {{nmae}}", variables={"offer": "50 %"}), contact_name="Ada")


@pytest.mark.parametrize(
    ("unsendable", "field"),
    [
        (template("", template_id="hello"), "content"),
        (template("Look", type=TemplateType.MEDIA), "media_url"),
        (template("{{nmae}}"), "variables"),
        (template("x" * 4_097), "text"),
    ],
)
def test_what_no_channel_could_send_is_refused(unsendable: MessageTemplate, field: str) -> None:
    with pytest.raises(ValidationError) as raised:
        require_sendable(unsendable)
    assert raised.value.field == field


def test_what_can_be_sent_passes() -> None:
    require_sendable(template("Hello {{name}}"))
    require_sendable(
        template("Look", type=TemplateType.MEDIA, media_url=MediaUrl("https://cdn.example/a.png"))
    )
