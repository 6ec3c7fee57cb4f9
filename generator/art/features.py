from generator.art.canvas import Canvas, ellipse
from generator.art.frame import CX, Frame
from generator.art.palette import Slot


def draw(canvas: Canvas, at: Frame) -> None:
    with at.layer(canvas, 0.9), canvas.feature("eyes"):
        for side, s in ((-1, Slot.EYE_L), (1, Slot.EYE_R)):
            canvas.ellipse(CX + side * at.eye_x, at.eye_y, at.eye_w, at.eye_h, fill=Slot.WHITE, stroke=Slot.LINE)
            canvas.ellipse(CX + side * at.eye_x, at.eye_y, at.eye_w * .75, at.eye_h * .9, fill=s)
    with at.layer(canvas, 0.9), canvas.feature("mouth"):
        canvas.strand([(CX - at.mouth_w, at.mouth_y), (CX, at.mouth_y + 4), (CX + at.mouth_w, at.mouth_y)], 2.4, fill=Slot.LIP)


def draw_over_hair(canvas: Canvas, at: Frame) -> None: ...
