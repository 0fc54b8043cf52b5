"""A message template becomes the text that a contact gets."""

from __future__ import annotations

import re
from typing import Final

from ventros.automation.values import MessageTemplate, TemplateType
from ventros.kernel.errors import ValidationError
from ventros.values import MessageText

CONTACT_NAME: Final = "name"
_PLACEHOLDER: Final = re.compile(r"\{\{\s*([^{}\s]+)\s*\}\}")


def filled(template: MessageTemplate, *, contact_name: str) -> str:
    """Its content, where ``{{key}}`` is the variable of that name, and ``{{name}}`` the contact's name unless
    there is such a variable. What is filled in is not looked at again.

    Raises ValidationError for another key, and for more text than can be sent.
    """
    texts = {CONTACT_NAME: contact_name, **template.variables}

    def text_of(match: re.Match[str]) -> str:
        if match[1] not in texts:
            raise ValidationError(
                f"the message template has no variable for {match[0]}; there is {', '.join(sorted(texts))}",
                field="variables",
            )
        return texts[match[1]]

    text = _PLACEHOLDER.sub(text_of, template.content)
    return MessageText.to_send(text).value if text else text


def require_sendable(template: MessageTemplate) -> None:
    """Raises ValidationError for a template without text, or with too much of it, without an address of its
    media, or with a placeholder that nothing is filled in for.
    """
    if not template.content:
        raise ValidationError(
            "the message template has no content; a template_id alone tells no channel what to send",
            field="content",
        )
    if template.type is TemplateType.MEDIA and template.media_url is None:
        raise ValidationError("a message template of type media needs a media_url", field="media_url")
    filled(template, contact_name="Ada")
