"use strict";
(function () {
  var PAGE = 200;
  var NAMES = ["clause", "operation", "role", "status"];
  var rows = null;
  var page = 0;
  var form = document.getElementById("filter");
  var list = document.getElementById("place-list");
  var count = document.getElementById("place-count");

  function element(name, text, className) {
    var made = document.createElement(name);
    if (text) { made.textContent = text; }
    if (className) { made.className = className; }
    return made;
  }

  function decode() {
    var text = atob(document.getElementById("places-data").textContent.trim());
    var bytes = Uint8Array.from(text, function (char) { return char.charCodeAt(0); });
    var stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream("gzip"));
    return new Response(stream).json();
  }

  function wanted() {
    var chosen = new URLSearchParams(location.hash.indexOf("=") > 0 ? location.hash.slice(1) : "");
    return NAMES.map(function (name) { return chosen.get(name) || ""; });
  }

  function shown(row) {
    var chosen = wanted();
    return NAMES.every(function (name, index) { return !chosen[index] || row[name] === chosen[index]; });
  }

  function fill(name, index) {
    var select = form.elements[name];
    var values = Array.from(new Set(rows.map(function (row) { return row[name]; }))).filter(Boolean).sort();
    values.forEach(function (value) {
      var option = element("option", value);
      option.value = value;
      select.append(option);
    });
    select.value = wanted()[index];
  }

  function place(row) {
    var details = element("details");
    var summary = element("summary");
    summary.append(element("span", row.status, "status " + row.status));
    summary.append(" " + [row.clause, row.where].join(" — "));
    details.append(summary);
    if (row.expected || row.got) { details.append(element("p", "Expected " + row.expected + ", got " + row.got + ".")); }
    if (row.reason) { details.append(element("p", row.reason)); }
    [row.curl, row.response].filter(Boolean).forEach(function (text) {
      var block = element("pre", text);
      block.tabIndex = 0;
      details.append(block);
    });
    return details;
  }

  function draw() {
    var found = rows.filter(shown);
    var last = Math.max(0, Math.ceil(found.length / PAGE) - 1);
    page = Math.min(page, last);
    list.replaceChildren.apply(list, found.slice(page * PAGE, (page + 1) * PAGE).map(place));
    count.textContent = found.length + " of " + rows.length + " places, page " + (page + 1) + " of " + (last + 1);
    document.getElementById("previous").disabled = page === 0;
    document.getElementById("next").disabled = page === last;
  }

  function open() {
    var target = location.hash.length > 1 && document.getElementById(decodeURIComponent(location.hash.slice(1)));
    if (target && target.tagName === "DETAILS") { target.open = true; }
    if (location.hash.indexOf("=") > 0) { document.getElementById("places").open = true; }
  }

  function load() {
    if (rows) { return draw(); }
    if (typeof DecompressionStream === "undefined") {
      count.textContent = "This browser cannot unpack them: see verdict.json.";
      return undefined;
    }
    return decode().then(function (data) {
      rows = data;
      NAMES.forEach(fill);
      draw();
    });
  }

  document.getElementById("places").addEventListener("toggle", function (event) {
    if (event.target.open) { load(); }
  });
  form.addEventListener("change", function () {
    var chosen = new URLSearchParams();
    NAMES.forEach(function (name) { if (form.elements[name].value) { chosen.set(name, form.elements[name].value); } });
    page = 0;
    location.hash = chosen.toString() || "places";
  });
  form.addEventListener("submit", function (event) { event.preventDefault(); });
  document.getElementById("previous").addEventListener("click", function () { page -= 1; draw(); });
  document.getElementById("next").addEventListener("click", function () { page += 1; draw(); });
  window.addEventListener("hashchange", function () { open(); if (rows) { draw(); } });
  window.addEventListener("beforeprint", function () {
    document.querySelectorAll("details.failing").forEach(function (details) { details.open = true; });
  });
  document.getElementById("browse").hidden = false;
  open();
}());
