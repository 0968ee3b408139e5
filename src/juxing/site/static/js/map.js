/**
 * Maps without tiles: Leaflet on a plain ground, drawn from one GeoJSON FeatureCollection in WGS84 of the same origin.
 * Needs no network beyond our own server, so it works in a command post that has lost the internet.
 */
import { icon, text } from "./text.js";

const pinIcons = { life_critical: "alert-octagon", urgent: "chevrons-up", normal: "point", low: "arrow-down" };
const priorityTones = { life_critical: "bad", urgent: "warn", normal: "info", low: "neutral" };
const areaColours = { info: "#0c5a6a", good: "#17603a", warn: "#a85400", bad: "#b3261e", neutral: "#5d7079" };
const clusterFrom = 60;

/** @param {string} address @returns {Promise<void>} */
const script = (address) => new Promise((resolve, reject) => {
  const element = Object.assign(document.createElement("script"), { src: address, onload: () => resolve(), onerror: reject });
  document.head.append(element);
});

/** @param {string} address */
function style(address) {
  document.head.prepend(Object.assign(document.createElement("link"), { rel: "stylesheet", href: address }));
}

/** @type {Promise<void> | undefined} */
let library;

/** @param {DOMStringMap} addresses */
function loadLeaflet(addresses) {
  library ??= (async () => {
    style(addresses.leafletStyle);
    style(addresses.clusterStyle);
    await script(addresses.leaflet);
    await script(addresses.cluster);
  })();
  return library;
}

/** @param {any} properties */
const toneOf = (properties) => properties.tone ?? priorityTones[properties.priority] ?? "info";

/** @param {any} properties */
function popup(properties) {
  const box = document.createElement("div");
  box.append(Object.assign(document.createElement("strong"), { textContent: properties.title ?? "" }));
  if (properties.text) box.append(Object.assign(document.createElement("p"), { textContent: properties.text }));
  if (properties.url?.startsWith("/")) {
    box.append(Object.assign(document.createElement("a"), { href: properties.url, textContent: text("open") }));
  }
  return box;
}

/** @param {any} feature @param {any} position */
function pin(feature, position) {
  const { properties } = feature;
  const face = document.createElement("span");
  face.className = `kit-pin kit-pin--${toneOf(properties)}`;
  face.append(icon(properties.icon ?? pinIcons[properties.priority] ?? "point"));
  const size = properties.priority === "life_critical" ? 34 : 26;
  const marker = window.L.marker(position, {
    icon: window.L.divIcon({ html: face, className: "kit-pin-holder", iconSize: [size, size], iconAnchor: [size / 2, size * 1.15] }),
    title: properties.title,
    alt: properties.title,
    riseOnHover: true,
  });
  marker.on("add", () => {
    face.style.width = `${size}px`;
    face.style.height = `${size}px`;
  });
  return marker.bindPopup(() => popup(properties), { minWidth: 160 });
}

/** A group wears the colour of the most pressing thing in it, so that clustering never hides a life-critical need. */
function clusterFace(cluster) {
  const tones = cluster.getAllChildMarkers().map((marker) => toneOf(marker.feature.properties));
  const tone = tones.includes("bad") ? "bad" : tones.includes("warn") ? "warn" : "info";
  const count = cluster.getChildCount();
  const size = count < 10 ? 32 : count < 100 ? 38 : 46;
  const face = Object.assign(document.createElement("span"), { className: `kit-cluster kit-cluster--${tone}`, textContent: count });
  face.style.width = face.style.height = `${size}px`;
  face.title = text("cluster", { count });
  return window.L.divIcon({ html: face, className: "kit-pin-holder", iconSize: [size, size] });
}

/** @param {any} feature @param {number} greatest */
function areaStyle(feature, greatest) {
  const { tone = "neutral", value } = feature.properties;
  const share = greatest > 0 && Number.isFinite(value) ? value / greatest : 0;
  return { color: areaColours[tone], weight: 1.5, fillColor: areaColours[tone], fillOpacity: 0.06 + 0.4 * share };
}

/** @param {any[]} features */
function layersOf(features) {
  const values = features.map((feature) => feature.properties?.value).filter(Number.isFinite);
  const greatest = values.length ? Math.max(...values) : 0;
  const isPoint = (feature) => feature.geometry?.type === "Point";
  const shapes = window.L.geoJSON(features.filter((feature) => feature.geometry && !isPoint(feature)), {
    style: (feature) => areaStyle(feature, greatest),
    onEachFeature: (feature, layer) => {
      const label = [feature.properties.title, feature.properties.value_label].filter(Boolean).join(" ");
      if (label) layer.bindTooltip(document.createTextNode(label), { permanent: true, direction: "center", interactive: false, pane: "labels" });
      layer.bindPopup(() => popup(feature.properties));
    },
  });
  const points = features.filter(isPoint);
  const pins = window.L.geoJSON(points, { pointToLayer: pin });
  if (points.length < clusterFrom) return [shapes, pins];
  return [shapes, window.L.markerClusterGroup({ iconCreateFunction: clusterFace, maxClusterRadius: 48 }).addLayer(pins)];
}

/** @param {any} map @param {any} layer */
function fitLabel(map, layer) {
  const label = layer.getTooltip?.()?.getElement?.();
  if (!label || !layer.getBounds) return;
  const bounds = layer.getBounds();
  const width = map.latLngToLayerPoint(bounds.getNorthEast()).x - map.latLngToLayerPoint(bounds.getSouthWest()).x;
  label.style.visibility = label.offsetWidth <= width ? "visible" : "hidden";
}

/** @param {HTMLElement} figure @param {any[]} features */
function fillList(figure, features) {
  const list = figure.querySelector(".kit-map__list");
  list?.replaceChildren(...features.filter((feature) => feature.properties?.title).slice(0, 500).map(({ properties }) => {
    const item = document.createElement("li");
    const name = properties.url?.startsWith("/") ? Object.assign(document.createElement("a"), { href: properties.url }) : document.createElement("span");
    name.textContent = properties.title;
    item.append(name, [properties.value_label, properties.text].filter(Boolean).map((part) => ` · ${part}`).join(""));
    return item;
  }));
}

/** @param {HTMLElement} figure @param {string} message */
function say(figure, message) {
  const canvas = figure.querySelector(".kit-map__canvas");
  canvas?.querySelector(".kit-map__message")?.remove();
  if (!message) return;
  const note = Object.assign(document.createElement("p"), { className: "kit-map__message", textContent: message });
  note.setAttribute("role", "status");
  canvas?.append(note);
}

/** @param {HTMLElement} figure */
function createMap(figure) {
  const still = window.matchMedia("(prefers-reduced-motion: reduce)").matches;
  const map = window.L.map(figure.querySelector(".kit-map__canvas"), {
    attributionControl: false, zoomControl: false, preferCanvas: false, maxZoom: 19, minZoom: 8,
    zoomAnimation: !still, fadeAnimation: !still, markerZoomAnimation: !still, scrollWheelZoom: false,
    zoomSnap: 0.25, zoomDelta: 0.5,
  }).setView([31.03, 121.22], 12);
  // Names of areas lie under the pins, and only where they fit.
  map.createPane("labels").style.zIndex = "450";
  map.on("zoomend layeradd", () => map.eachLayer((layer) => fitLabel(map, layer)));
  window.L.control.zoom({ zoomInTitle: text("zoom_in"), zoomOutTitle: text("zoom_out") }).addTo(map);
  window.L.control.scale({ imperial: false }).addTo(map);
  if (figure.dataset.attribution) window.L.control.attribution({ prefix: false }).addAttribution(figure.dataset.attribution).addTo(map);
  // The wheel scrolls the page until the map has been chosen on purpose.
  map.on("focus click", () => map.scrollWheelZoom.enable());
  map.on("blur", () => map.scrollWheelZoom.disable());
  return map;
}

/** @param {HTMLElement} figure @param {DOMStringMap} addresses */
async function startMap(figure, addresses) {
  figure.dataset.started = "yes";
  await loadLeaflet(addresses);
  const map = createMap(figure);
  let shown = [];
  let framed = false;
  const load = async () => {
    try {
      const answer = await fetch(figure.dataset.map, { headers: { Accept: "application/geo+json, application/json" } });
      if (!answer.ok) throw new Error(String(answer.status));
      const { features } = await answer.json();
      shown.forEach((layer) => layer.remove());
      shown = layersOf(features).map((layer) => layer.addTo(map));
      const bounds = shown.reduce((all, layer) => all.extend(layer.getBounds()), window.L.latLngBounds([]));
      if (!framed && bounds.isValid()) map.fitBounds(bounds, { padding: [24, 24], maxZoom: 17, animate: false });
      framed ||= bounds.isValid();
      fillList(figure, features);
      say(figure, features.length ? "" : text("map_empty"));
    } catch {
      say(figure, text("map_failed"));
    }
  };
  await load();
  let waiting = 0;
  if (figure.dataset.topic) {
    document.body.addEventListener(`live:${figure.dataset.topic}`, () => {
      clearTimeout(waiting);
      waiting = setTimeout(() => figure.isConnected && load(), 1500);
    });
  }
}

/** @param {HTMLElement[]} figures @param {DOMStringMap} addresses */
export function startMaps(figures, addresses) {
  for (const figure of figures) startMap(figure, addresses).catch(() => say(figure, text("map_failed")));
}
