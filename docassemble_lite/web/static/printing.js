// The button that prints a page. Without scripts there is none, and the browser's menu does it.

const button = document.getElementById("da-print");
button.hidden = false;
button.addEventListener("click", () => window.print());
