"use strict";
(function () {
  var PAGE = 200;
  var NAMES = ["clause", "operation", "role", "status"];
  var FILTERS = NAMES.concat(["text"]);
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
    return FILTERS.map(function (name) { return chosen.get(name) || ""; });
  }

  function shown(row, chosen) {
    var text = chosen[NAMES.length].toLowerCase();
    return NAMES.every(function (name, index) { return !chosen[index] || row[name] === chosen[index]; }) &&
      (!text || Object.values(row).join(" ").toLowerCase().indexOf(text) >= 0);
  }

  function write(text) {
    if (navigator.clipboard && window.isSecureContext) { return navigator.clipboard.writeText(text); }
    var area = element("textarea", text);
    document.body.append(area);
    area.select();
    document.execCommand("copy");
    area.remove();
    return Promise.resolve();
  }

  function copyable(block) {
    var button = element("button", "Copy", "copy");
    button.type = "button";
    button.addEventListener("click", function () {
      write(block.textContent).then(function () { button.textContent = "Copied"; });
    });
    block.before(button);
  }

  function mark(block, text, field) {
    var name = field.slice(field.lastIndexOf(".") + 1).replace("[]", "");
    var start = name ? text.indexOf("\"" + name + "\"") : -1;
    if (start < 0) { block.textContent = text; return; }
    var rest = text.slice(start);
    var member = /^"[^"]*"\s*:\s*(?:"(?:[^"\\]|\\.)*"|[^,\]}]*)/.exec(rest);
    var length = member ? member[0].length : 0;
    block.append(text.slice(0, start), element("mark", rest.slice(0, length)), rest.slice(length));
  }

  function filterClauses() {
    var chosen = document.getElementById("clause-filter").elements;
    var text = chosen.text.value.toLowerCase();
    var all = Array.from(document.querySelectorAll("details.clause"));
    var left = all.filter(function (details) {
      var fits = ["status", "level", "family"].every(function (name) {
        return !chosen[name].value || details.dataset[name] === chosen[name].value;
      }) && (!text || details.textContent.toLowerCase().indexOf(text) >= 0);
      details.hidden = !fits;
      return fits;
    });
    document.getElementById("clause-count").textContent = left.length + " of " + all.length + " clauses";
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
    [[row.curl, ""], [row.response, row.field]].forEach(function (pair) {
      if (!pair[0]) { return; }
      var block = element("pre");
      mark(block, pair[0], pair[1]);
      block.tabIndex = 0;
      details.append(block);
      copyable(block);
    });
    return details;
  }

  function draw() {
    var chosen = wanted();
    var found = rows.filter(function (row) { return shown(row, chosen); });
    var last = Math.max(0, Math.ceil(found.length / PAGE) - 1);
    page = Math.min(page, last);
    list.replaceChildren.apply(list, found.slice(page * PAGE, (page + 1) * PAGE).map(place));
    count.textContent = found.length + " of " + rows.length + " places, page " + (page + 1) + " of " + (last + 1);
    document.getElementById("previous").disabled = page === 0;
    document.getElementById("next").disabled = page === last;
  }

  function open() {
    var target = location.hash.length > 1 && document.getElementById(decodeURIComponent(location.hash.slice(1)));
    if (target && target.tagName === "DETAILS") { target.hidden = false; target.open = true; target.scrollIntoView(); }
    if (location.hash.indexOf("=") > 0) {
      document.getElementById("places").open = true;
      document.getElementById("places").scrollIntoView();
    }
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
      form.elements.text.value = wanted()[NAMES.length];
      draw();
    });
  }

  document.getElementById("places").addEventListener("toggle", function (event) {
    if (event.target.open) { load(); }
  });
  form.addEventListener("change", function () {
    var chosen = new URLSearchParams();
    FILTERS.forEach(function (name) { if (form.elements[name].value) { chosen.set(name, form.elements[name].value); } });
    page = 0;
    location.hash = chosen.toString() || "places";
  });
  form.addEventListener("submit", function (event) { event.preventDefault(); });
  document.getElementById("previous").addEventListener("click", function () { page -= 1; draw(); });
  document.getElementById("next").addEventListener("click", function () { page += 1; draw(); });
  window.addEventListener("hashchange", function () {
    open();
    if (!rows) { return; }
    FILTERS.forEach(function (name, index) { form.elements[name].value = wanted()[index]; });
    page = 0;
    draw();
  });
  document.querySelectorAll("pre").forEach(copyable);
  document.getElementById("clause-filter").hidden = false;
  document.getElementById("clause-filter").addEventListener("input", filterClauses);
  document.getElementById("clause-filter").addEventListener("submit", function (event) { event.preventDefault(); });
  window.addEventListener("beforeprint", function () {
    document.querySelectorAll("details.failing").forEach(function (details) { details.open = true; });
  });
  document.getElementById("browse").hidden = false;
  open();
}());
