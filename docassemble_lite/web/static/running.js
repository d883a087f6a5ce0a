// Scripts that come while the page is there.

export function run(script) {
  const element = document.createElement("script");
  element.nonce = document.querySelector("script[nonce]").nonce;
  element.textContent = script;
  document.head.append(element);
  element.remove();
}
