// Small helps; every page works without them.
"use strict";
(() => {
  const form = document.getElementById("here");
  if (form && navigator.geolocation) {
    const status = document.getElementById("here-status");
    let known = false;
    form.hidden = false;
    form.addEventListener("submit", (event) => {
      if (known) return;
      event.preventDefault();
      status.textContent = status.dataset.wait;
      navigator.geolocation.getCurrentPosition((position) => {
        // Rounded to about 100 m before it leaves the device, and sent in a body, never in an address.
        form.elements.lat.value = position.coords.latitude.toFixed(3);
        form.elements.lon.value = position.coords.longitude.toFixed(3);
        known = true;
        form.requestSubmit();
      }, () => { status.textContent = status.dataset.fail; }, { timeout: 10000, maximumAge: 300000 });
    });
  }
  for (const button of document.querySelectorAll("[data-print]")) {
    button.hidden = false;
    button.addEventListener("click", () => window.print());
  }
})();
