from generator.art.canvas import Canvas
from generator.art.frame import Frame


def draw(canvas: Canvas, at: Frame) -> None:
    ...
