/**
 * Leaves the focus in a field while a button of its form is pressed. A field that is left may show an issue, which would
 * move the button away from under the pointer, so that it would not be pressed at all.
 */
export function steady(form: HTMLElement): () => void {
  const press = (event: MouseEvent) => {
    if (event.target instanceof Element && event.target.closest("button") !== null) {
      event.preventDefault();
    }
  };
  form.addEventListener("mousedown", press);
  return () => form.removeEventListener("mousedown", press);
}
