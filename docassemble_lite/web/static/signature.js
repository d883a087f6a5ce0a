// Signing with a mouse, a finger or a pen. Whoever types a name instead has the server make a picture of it.

import { whenScreenComes } from "./screen.js";

const WIDTH_OF_PEN = 2.5;
const WIDEST = 800;
const HEIGHT = 200;
// nobody's screen needs more, and the picture has to get through
const MOST_DOTS = 2;

function begin(page) {
  const canvas = page.querySelector("canvas");
  const image = page.querySelector("#dasigimage");
  const name = page.querySelector(".da-sign-name");
  const state = page.querySelector("#dasigstate");
  page.querySelector(".da-sign-area").hidden = false;
  page.querySelector(".da-sign-or").hidden = false;
  const dots = Math.min(window.devicePixelRatio || 1, MOST_DOTS);
  canvas.width = Math.min(canvas.clientWidth || WIDEST, WIDEST) * dots;
  canvas.height = HEIGHT * dots;
  const pen = canvas.getContext("2d");
  let drawing = null;

  const place = (event) => {
    const box = canvas.getBoundingClientRect();
    return [((event.clientX - box.left) * canvas.width) / box.width, ((event.clientY - box.top) * canvas.height) / box.height];
  };

  function draw(event) {
    for (const point of event.getCoalescedEvents?.() ?? [event]) {
      const [x, y] = place(point);
      pen.lineTo(x, y);
    }
    pen.stroke();
  }

  canvas.addEventListener("pointerdown", (event) => {
    if (drawing !== null || event.button !== 0) return;
    drawing = event.pointerId;
    canvas.setPointerCapture(drawing);
    pen.strokeStyle = page.dataset.color;
    pen.lineWidth = WIDTH_OF_PEN * dots;
    pen.lineCap = pen.lineJoin = "round";
    pen.beginPath();
    const [x, y] = place(event);
    pen.moveTo(x, y);
    // a dot is a stroke, too
    pen.lineTo(x + 0.1, y);
    pen.stroke();
    event.preventDefault();
  });
  canvas.addEventListener("pointermove", (event) => {
    if (event.pointerId === drawing) draw(event);
  });
  for (const end of ["pointerup", "pointercancel"]) {
    canvas.addEventListener(end, (event) => {
      if (event.pointerId !== drawing) return;
      drawing = null;
      image.value = canvas.toDataURL("image/png");
      image.disabled = false;
      name.required = false;
      state.textContent = canvas.dataset.wordSigned;
    });
  }
  page.querySelector(".dasigclear").addEventListener("click", () => {
    pen.clearRect(0, 0, canvas.width, canvas.height);
    image.value = "";
    image.disabled = true;
    name.value = "";
    state.textContent = "";
  });
}

whenScreenComes(({ same }) => {
  const page = document.getElementById("dasigpage");
  if (page && !same) begin(page);
});
