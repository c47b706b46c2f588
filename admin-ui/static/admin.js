// Small enhancements of the admin's pages. Everything works without them.

// A button that copies, beside whatever is there to be copied.
const words = document.documentElement.lang.startsWith("zh") ? ["复制", "已复制"] : ["Copy", "Copied"];
for (const source of document.querySelectorAll(".copy")) {
  const text = source.textContent;
  const button = document.createElement("button");
  button.type = "button";
  button.className = "copier";
  button.textContent = words[0];
  button.addEventListener("click", async () => {
    await navigator.clipboard.writeText(text);
    button.textContent = words[1];
  });
  if (source.tagName === "PRE") source.prepend(button);
  else source.after(button);
}

// A setting that is of use only with some values of another is there only then.
for (const setting of document.querySelectorAll("[data-when]")) {
  const other = document.getElementById(setting.dataset.when);
  const values = setting.dataset.values.split(" ");
  const look = () => { setting.hidden = !values.includes(other.value); };
  other.addEventListener("change", look);
  look();
}

// A website's name and colour as people will see them, while they are typed.
const preview = { name: document.querySelector("[data-preview-name]"), accent: document.querySelector("[data-preview-accent]"), text: document.querySelector("[data-preview-text]"), logo: document.querySelector("[data-preview-logo]") };
for (const field of document.querySelectorAll("[data-preview]")) {
  field.addEventListener("input", () => {
    if (field.dataset.preview === "logo") picture(field);
    else if (field.dataset.preview === "name") preview.name.textContent = field.value;
    else if (/^#[0-9a-f]{6}$/i.test(field.value)) {
      preview.accent.setAttribute("fill", field.value);
      preview.text.setAttribute("fill", textOn(field.value));
    }
  });
}

// Black or white, whichever reads better on a colour (WCAG 2, relative luminance).
function textOn(colour) {
  const parts = [1, 3, 5].map((at) => Number.parseInt(colour.slice(at, at + 2), 16) / 255);
  const [red, green, blue] = parts.map((part) => (part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4));
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue > 0.179 ? "#000000" : "#ffffff";
}

// A logo that was chosen: told at once when it cannot be one, else shown. The server looks again.
function picture(field) {
  const [file] = field.files;
  const fits = !file || (["image/png", "image/jpeg"].includes(file.type) && file.size <= Number(field.dataset.most));
  field.setCustomValidity(fits ? "" : field.dataset.problem);
  if (!fits) field.reportValidity();
  if (!fits || !file) return;
  const reader = new FileReader();
  reader.addEventListener("load", () => {
    preview.logo.src = reader.result;
    preview.logo.hidden = false;
  });
  reader.readAsDataURL(file);
}
