"""Pictures in Office files that show only a part of what they hold: cut down to that part.

Cropping in Office hides the rest and keeps it. DrawingML says what is cut away in thousandths of a per cent of each
side (ECMA-376 part 1, 20.1.8.55).
"""

from speakup.gateways.documents.office import media
from speakup.gateways.documents.office.markup import Element, local, relationship_attributes
from speakup.gateways.documents.outcomes import Limits

_SIDES = ("l", "t", "r", "b")
_WHOLE = 100_000


def shown_part(fill: Element) -> tuple[str, tuple[float, float, float, float]] | None:
    """The relationship of a cropped picture, and the shares cut away on the left, top, right and bottom."""
    children = {local(child.tag): child for child in fill}
    blip, cut = children.get("blip"), children.get("srcRect")
    if blip is None or cut is None:
        return None
    shares = left, top, right, bottom = tuple(_share(cut.get(side, "0")) for side in _SIDES)
    # Negative shares add a margin instead; such a picture hides nothing.
    if min(shares) < 0 or not any(shares) or left + right >= 1 or top + bottom >= 1:
        return None
    embedded = next((value for name, value in relationship_attributes(blip) if local(name) == "embed"), None)
    return (embedded, (left, top, right, bottom)) if embedded else None


def show_whole(fill: Element, identity: str) -> None:
    """Let the fill show all of another picture."""
    for child in fill:
        if local(child.tag) == "srcRect":
            for side in _SIDES:
                child.attrib.pop(side, None)
        if local(child.tag) == "blip":
            for name, _ in list(relationship_attributes(child)):
                if local(name) == "embed":
                    child.set(name, identity)


def cut(content: bytes, media_type: str, shares: tuple[float, float, float, float], limits: Limits) -> bytes | None:
    """The part that is shown, in the same format; None for a format that cannot be cut."""
    picture = media.opened(content, media_type, limits)
    if picture is None:
        return None
    (width, height), (left, top, right, bottom) = picture.size, shares
    box = (round(width * left), round(height * top), round(width * (1 - right)), round(height * (1 - bottom)))
    if box[2] <= box[0] or box[3] <= box[1]:
        return None
    return media.saved(picture.crop(box), media_type)


def _share(written: str) -> float:
    """Transitional files write 25000, strict ones 25%."""
    try:
        return float(written.removesuffix("%")) / 100 if written.endswith("%") else int(written) / _WHOLE
    except ValueError:
        return 0
