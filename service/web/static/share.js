// Opens a shared address: the answers stand in its fragment and go out in a form only. Copies such an address.

const MARK = "#a=";
const MOST_CODE = 32000;
const MOST_PLAIN = 128 * 1024;
const NOT_ANSWERS = /^(do|page|origin|input\..*)$/;

async function unpacked(code) {
  if (code.length > MOST_CODE || !/^[A-Za-z0-9_-]+$/.test(code)) throw new Error("damaged");
  const text = atob(code.replaceAll("-", "+").replaceAll("_", "/"));
  const packed = Uint8Array.from(text, (sign) => sign.charCodeAt(0));
  const reader = new Blob([packed]).stream().pipeThrough(new DecompressionStream("deflate-raw")).getReader();
  const parts = [];
  let size = 0;
  for (let next = await reader.read(); !next.done; next = await reader.read()) {
    size += next.value.length;
    if (size > MOST_PLAIN) throw new Error("damaged");
    parts.push(next.value);
  }
  const plain = new TextDecoder("utf-8", { fatal: true }).decode(await new Blob(parts).arrayBuffer());
  const pairs = [...new URLSearchParams(plain)].filter(([name]) => !NOT_ANSWERS.test(name));
  if (!pairs.length) throw new Error("damaged");
  return pairs;
}

function send(pairs) {
  const form = document.createElement("form");
  form.method = "post";
  form.action = location.pathname + location.search;
  form.hidden = true;
  for (const [name, value] of [["do", "check"], ...pairs]) {
    const field = document.createElement("input");
    field.type = "hidden";
    field.name = name;
    field.value = value;
    form.append(field);
  }
  document.body.append(form);
  form.submit();
}

async function open(place) {
  const code = location.hash.slice(MARK.length);
  history.replaceState(null, "", location.pathname + location.search);
  try {
    if (typeof DecompressionStream === "undefined") throw new Error("old");
    send(await unpacked(code));
  } catch (error) {
    place.textContent = error.message === "old" ? place.dataset.old : place.dataset.damaged;
    document.getElementById("main").prepend(place);
    place.hidden = false;
  }
}

async function copy(field) {
  field.select();
  if (navigator.clipboard) await navigator.clipboard.writeText(field.value);
  else document.execCommand("copy");
}

function offer(field) {
  const button = document.getElementById("share-copy");
  field.value = new URL(field.value, location.href).href;
  document.getElementById("share-field").hidden = false;
  document.getElementById("share-link").hidden = true;
  button.addEventListener("click", async () => {
    await copy(field);
    document.getElementById("share-status").textContent = button.dataset.copied;
  });
}

const place = document.getElementById("share-opened");
const field = document.getElementById("share-address");
if (place && location.hash.startsWith(MARK)) open(place);
if (field) offer(field);
