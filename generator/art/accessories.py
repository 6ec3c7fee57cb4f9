from generator.art.canvas import Canvas
from generator.art.frame import Frame


def draw_behind(canvas: Canvas, at: Frame) -> None:
    ...


def draw_on_face(canvas: Canvas, at: Frame) -> None:
    ...


def draw_on_head(canvas: Canvas, at: Frame) -> None:
    ...
