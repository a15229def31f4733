import { mount } from "svelte";

import App from "./App.svelte";
import "./app.css";
import { session } from "./session.svelte";

// Browsers read the address of the icon again whenever the page's own changes: it must not be relative.
document.querySelectorAll<HTMLLinkElement>('link[rel="icon"]').forEach((link) => (link.href = link.href));

const target = document.getElementById("app");
if (target !== null) {
  void session.load().then(() => mount(App, { target }));
}
