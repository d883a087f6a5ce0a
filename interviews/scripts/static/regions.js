// says how many regions the chosen country has, as soon as it is chosen
document.addEventListener("daPageLoad", function () {
  const list = getField("country");
  const line = document.getElementById("kind-of-region");
  if (!list || !line) return;

  function tell() {
    action_call("kind_of_region", { country: val("country") }, function (found) {
      line.textContent = found.count ? `${found.count} regions, most of them of the kind “${found.kind}”.` : "No regions.";
    }, false, true);
  }

  list.addEventListener("change", tell);
  tell();
});
