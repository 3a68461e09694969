// The map beside a list: the same items as the list, drawn by hand over Leaflet. Without it the list still stands.
"use strict";
(() => {
  const source = document.getElementById("map-data");
  if (!source || !window.L) return;
  const data = JSON.parse(source.textContent);
  const box = document.getElementById("map");
  const PIN_PX = 30;
  const MAX_MARKERS = 100;
  const STEPS = [[0, 0], [0, 22], [0, -22], [0, 38], [0, -38], [60, 0], [-60, 0], [60, 24], [-60, 24], [60, -24], [-60, -24], [0, 56], [0, -56], [95, 0], [-95, 0]];
  const cards = [...document.querySelectorAll("[data-id][data-lat]")];
  const items = cards.map((card) => ({
    id: card.dataset.id, lat: +card.dataset.lat, lon: +card.dataset.lon, card,
    label: card.querySelector(".num")?.textContent ?? "•", name: spoken(card.querySelector("h1, h3 a")),
  }));

  function spoken(element) { // a name without the readings over it
    const copy = element.cloneNode(true);
    for (const reading of copy.querySelectorAll("rt, rp")) reading.remove();
    return copy.textContent.trim();
  }

  document.getElementById("map-frame").hidden = false;
  const map = L.map(box, {
    zoomSnap: 0.5, maxBoundsViscosity: 1, scrollWheelZoom: false, attributionControl: true,
    zoomControl: false, minZoom: 4, maxZoom: 18,
  });
  map.attributionControl.setPrefix(false);
  L.control.zoom({ zoomInTitle: data.words.zoom_in, zoomOutTitle: data.words.zoom_out }).addTo(map);
  L.control.scale({ imperial: false }).addTo(map);
  map.setView([36, 138], 5, { animate: false }); // a view must be set before any marker is touched

  if (data.tiles) L.tileLayer(data.tiles.url, { attribution: text(data.tiles.attribution), maxZoom: 18 }).addTo(map);
  for (const other of data.neighbours) area(other, { color: "#949494", weight: 1.5, fillColor: "#fff", fillOpacity: data.tiles ? 0 : 1 });
  const own = data.own && area(data.own, { color: "#333", weight: 3, dashArray: "8 5", fillColor: "#fff4cc", fillOpacity: data.tiles ? 0.35 : 1 });
  for (const school of data.schools) plain([school.lat, school.lon], "school", "文", 16);
  const names = data.neighbours.filter((other) => other.label).map((other) => label(other, "label"));
  const ownName = data.own?.label ? label(data.own, "label own") : null;
  if (data.start) plain(data.start, "start", "", 18);

  const pins = L.layerGroup().addTo(map);
  if (data.markers_url) overview(); else listed();
  for (const button of document.querySelectorAll("[data-pan]")) {
    const [x, y] = button.dataset.pan.split(",").map(Number);
    button.addEventListener("click", () => map.panBy([x * 160, y * 160]));
  }

  function text(value) { // Leaflet takes HTML where we have text
    const span = document.createElement("span");
    span.textContent = value;
    return span.innerHTML;
  }

  function area(district, style) {
    return district.area ? L.geoJSON(district.area, { interactive: false, style }).addTo(map) : null;
  }

  function icon(kind, words, width, height = width) {
    const span = document.createElement("span");
    span.textContent = words;
    return L.divIcon({ className: kind, html: span, iconSize: [width, height] });
  }

  function plain(point, kind, words, size) {
    L.marker(point, { icon: icon(kind, words, size), interactive: false, keyboard: false }).addTo(map);
  }

  function label(district, kind) {
    const image = icon(kind, district.name, 110, 30);
    const marker = L.marker(district.label, { icon: image, interactive: false, keyboard: false, zIndexOffset: -9000 }).addTo(map);
    return { marker, district };
  }

  // The names of neighbours follow the part of them that is in view, so that the map orients without a base map.
  function follow() {
    const seen = map.getBounds().pad(-0.06);
    for (const { marker, district } of names) {
      if (seen.contains(district.label) || !district.area) { marker.setLatLng(district.label); continue; }
      const whole = L.geoJSON(district.area).getBounds();
      const south = Math.max(whole.getSouth(), seen.getSouth()), north = Math.min(whole.getNorth(), seen.getNorth());
      const west = Math.max(whole.getWest(), seen.getWest()), east = Math.min(whole.getEast(), seen.getEast());
      marker.setLatLng(south < north && west < east ? [(south + north) / 2, (west + east) / 2] : district.label);
    }
  }

  // A name steps aside for pins, schools and other names; where no room is left, a neighbour's name is not written.
  function settle() {
    const frame = box.getBoundingClientRect();
    const taken = [...box.querySelectorAll(".pin, .school, .start, .leaflet-control")].map((one) => one.getBoundingClientRect());
    for (const { marker } of ownName ? [ownName, ...names] : names) {
      const words = marker.getElement().querySelector("span");
      words.style.transform = "";
      words.style.visibility = "";
      const at = words.getBoundingClientRect();
      const shifted = STEPS.map(([x, y]) => ({ x, y, left: at.left + x, right: at.right + x, top: at.top + y, bottom: at.bottom + y }));
      const free = shifted.find((one) => inside(one, frame) && !taken.some((other) => meet(one, other)));
      if (free) words.style.transform = `translate(${free.x}px, ${free.y}px)`;
      else if (marker !== ownName?.marker) words.style.visibility = "hidden";
      if (free) taken.push(free);
    }
  }

  function meet(one, other) {
    return one.left < other.right + 2 && other.left < one.right + 2 && one.top < other.bottom + 2 && other.top < one.bottom + 2;
  }

  function inside(one, frame) {
    return one.left >= frame.left && one.right <= frame.right && one.top >= frame.top && one.bottom <= frame.bottom;
  }

  function pin(point, kind, words, name, width, act) {
    const marker = L.marker(point, { icon: icon(`pin ${kind}`, words, width, PIN_PX), alt: name, title: name, riseOnHover: true });
    marker.addTo(pins);
    const element = marker.getElement();
    element.setAttribute("role", "button");
    element.setAttribute("aria-label", name);
    marker.on("click", act);
    element.addEventListener("keydown", (event) => {
      if (event.key === "Enter" || event.key === " ") { event.preventDefault(); act(); }
    });
    return element;
  }

  // What would overlap stands together under one pin with its number.
  function together(all, width, height) {
    const groups = [];
    for (const item of all) {
      const at = map.latLngToLayerPoint([item.lat, item.lon]);
      const near = groups.find((group) => Math.abs(group.at.x - at.x) < width && Math.abs(group.at.y - at.y) < height);
      if (near) near.items.push(item); else groups.push({ at, items: [item] });
    }
    return groups.slice(0, MAX_MARKERS);
  }

  function listed() {
    const shapes = L.featureGroup(own ? [own] : []);
    const bounds = shapes.getLayers().length ? shapes.getBounds() : L.latLngBounds([]);
    for (const item of items) bounds.extend([item.lat, item.lon]);
    if (data.start) bounds.extend(data.start);
    if (bounds.isValid()) map.fitBounds(bounds, { padding: [64, 48], maxZoom: 16, animate: false });
    map.on("zoomend", draw);
    map.on("moveend", () => { follow(); settle(); });
    follow();
    draw();
    settle();
    for (const button of document.querySelectorAll("[data-show]")) {
      button.hidden = false;
      button.addEventListener("click", () => show(button.dataset.show));
    }
    ready();
  }

  function draw() {
    const held = document.activeElement?.dataset?.ids;
    pins.clearLayers();
    for (const group of together(items, 56, 34)) {
      const first = group.items[0], many = group.items.length > 1;
      const words = many ? data.words.count.replace("#", group.items.length) : first.label;
      const each = group.items.map((item) => `${item.label}. ${item.name}`).join(" / ");
      const name = many ? `${words}: ${each}` : each;
      const element = pin([first.lat, first.lon], many ? "many" : "one", words, name, many ? 52 : PIN_PX, () => act(group));
      element.dataset.ids = group.items.map((item) => item.id).join(" ");
      if (held && element.dataset.ids.includes(held.split(" ")[0])) element.focus();
    }
  }

  function act(group) {
    const bounds = L.latLngBounds(group.items.map((item) => [item.lat, item.lon]));
    const apart = !bounds.getNorthEast().equals(bounds.getSouthWest());
    if (group.items.length > 1 && apart && map.getZoom() < 18) {
      map.fitBounds(bounds, { padding: [60, 60], maxZoom: Math.max(map.getZoom() + 1, 16), animate: false });
      const again = box.querySelector(`[data-ids*="${group.items[0].id}"]`);
      if (again && again.dataset.ids !== group.items.map((item) => item.id).join(" ")) { again.focus(); return; }
    }
    light(group.items[0].card);
  }

  function light(card) {
    for (const lit of document.querySelectorAll(".card.lit")) lit.classList.remove("lit");
    card.classList.add("lit");
    card.querySelector("a")?.focus();
    card.scrollIntoView({ block: "nearest" });
  }

  function show(id) {
    const item = items.find((one) => one.id === id);
    map.setView([item.lat, item.lon], Math.max(map.getZoom(), 16), { animate: false });
    draw();
    settle();
    box.scrollIntoView({ block: "nearest" });
    box.querySelector(`[data-ids*="${id}"]`)?.focus();
  }

  // The whole country: the server adds up by district, municipality or prefecture, never more than 100 markers.
  function overview() {
    map.fitBounds(data.bounds, { animate: false, padding: [16, 16] });
    let asked = 0;
    async function ask() {
      const mine = ++asked;
      const seen = map.getBounds();
      const corner = [seen.getWest(), seen.getSouth(), seen.getEast(), seen.getNorth()].map((degrees) => degrees.toFixed(4));
      try {
        const answer = await fetch(`${data.markers_url}?bbox=${corner.join(",")}`);
        if (!answer.ok) throw new Error(answer.status);
        const found = await answer.json();
        if (mine === asked) { zones(found); settle(); }
      } catch { if (mine === asked) pins.clearLayers(); }
      ready();
    }
    map.on("moveend", ask);
    ask();
  }

  function zones(found) {
    pins.clearLayers();
    for (const group of together(found.markers, 46, 34)) {
      const count = String(group.items.reduce((sum, zone) => sum + zone.count, 0));
      const first = group.items[0], alone = group.items.length === 1;
      const to = !alone ? null : first.place_id ? `/places/${first.place_id}` : first.district_id && `/districts/${first.district_id}`;
      const name = `${data.words.count.replace("#", count)}: ${group.items.map((zone) => zone.name ?? "").join(" / ")}`;
      const element = pin([first.lat, first.lon], "zone", count, name, 40, () => {
        if (to || map.getZoom() >= 18) location.href = to ?? `/places/${first.place_id}`;
        else map.setView([first.lat, first.lon], Math.min(18, map.getZoom() + 2), { animate: false });
      });
      element.dataset.ids = group.items.map((zone) => zone.place_id ?? zone.district_id ?? zone.municipality_code).join(" ");
    }
  }

  function ready() { box.dataset.ready = "true"; }
})();
