// The keys of a page act on the page, and only while it can be reached.

/** Returns a listener for the window that hands on the keys of a page, unless a dialog is open above it. */
export function pageKeys(handle: (event: KeyboardEvent) => void): (event: KeyboardEvent) => void {
  return (event) => {
    if (document.querySelector("dialog[open]") === null) {
      handle(event);
    }
  };
}
