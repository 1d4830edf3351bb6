"""Canvas: a matplotlib figure that shows itself in a notebook, with or without pyplot."""

from __future__ import annotations

import io

from matplotlib.figure import Figure


class Canvas(Figure):
    """A figure that a notebook shows as SVG; matplotlib's own needs pyplot to be shown."""

    def _repr_svg_(self) -> str:
        buffer = io.BytesIO()
        self.savefig(buffer, format="svg", metadata={"Date": None})
        text = buffer.getvalue().decode()
        return text[text.index("<svg") :]
