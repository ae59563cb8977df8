"""SVG elements as text: every attribute and text is escaped here, and nowhere else."""

from html import escape


def element(name: str, *content: str, **attributes: str | float) -> str:
    """Return an element around content that is SVG already.

    Args:
        name: The element's name.
        content: Elements and texts, as this module's functions return them.
        attributes: Attributes, with ``_`` for ``-`` and behind names that Python reserves.
    """
    written = "".join(
        f' {key.strip("_").replace("_", "-")}="{escape(_plain(value))}"'
        for key, value in attributes.items()
        if value != ""
    )
    inner = "".join(content)
    return f"<{name}{written}>{inner}</{name}>" if inner else f"<{name}{written}/>"


def text(words: str, x: float, y: float, **attributes: str | float) -> str:
    """Return a text at a place."""
    return element("text", escape(words), x=x, y=y, **attributes)


def titled(name: str, words: str, *content: str, **attributes: str | float) -> str:
    """Return an element that says what it is when it is pointed at."""
    return element(name, element("title", escape(words)), *content, **attributes)


def picture(
    *content: str, width: float, height: float, title: str, description: str, name: str
) -> str:
    """Return a whole picture, which screen readers read as its title and description.

    Args:
        content: The elements.
        width: In units of the elements' coordinates.
        height: Likewise.
        title: What the picture shows.
        description: What it says, in a sentence.
        name: An id that no other picture of the page has.
    """
    return element(
        "svg",
        element("title", escape(title), id=f"{name}-t"),
        element("desc", escape(description), id=f"{name}-d"),
        *content,
        viewBox=f"0 0 {_plain(width)} {_plain(height)}",
        width=width,
        height=height,
        role="img",
        aria_labelledby=f"{name}-t {name}-d",
        class_="chart",
    )


def _plain(value: str | float) -> str:
    """Return a number without digits that no screen shows."""
    return value if isinstance(value, str) else f"{value:.1f}".removesuffix(".0")
