// Small helps of the staff pages; every page works without them.
"use strict";
(() => {
  const idle = document.getElementById("idle");
  if (!idle) return;
  let timer;
  const wait = () => {
    idle.hidden = true;
    clearTimeout(timer);
    timer = setTimeout(() => { idle.hidden = false; }, idle.dataset.afterS * 1000);
  };
  idle.querySelector("button").addEventListener("click", async () => {
    const answer = await fetch("/staff/awake", { redirect: "manual" });
    if (answer.status === 204) wait(); else location.reload();
  });
  document.addEventListener("htmx:afterRequest", wait);
  wait();
})();
