// What a page can do better with JavaScript: no second sending of a form, and selects that can be searched.
(() => {
  "use strict";
  const autocompleteAddress = document.currentScript.dataset.autocomplete;
  const PAUSE_IN_MILLISECONDS = 8000;

  const sendOnce = (form) => {
    form.addEventListener("submit", (event) => {
      if (form.dataset.sent) {
        event.preventDefault();
        return;
      }
      form.dataset.sent = "yes";
      setTimeout(() => delete form.dataset.sent, PAUSE_IN_MILLISECONDS);
    });
  };

  const makeSearchable = (selects) => {
    const script = document.createElement("script");
    script.src = autocompleteAddress;
    script.addEventListener("load", () => {
      for (const select of selects) {
        const error = document.getElementById(`${select.id}-error`);
        const described = ["hint", "error"].map((part) => document.getElementById(`${select.id}-${part}`)?.innerText ?? "");
        window.accessibleAutocomplete.enhanceSelectElement({
          selectElement: select,
          defaultValue: select.value ? select.options[select.selectedIndex].text : "",
          preserveNullOptions: true,
          showAllValues: true,
          tAssistiveHint: () => `${described.join(" ")} Type to search, then use the up and down arrows and enter.`,
          inputClasses: error ? "govuk-input govuk-input--error" : "govuk-input",
        });
      }
    });
    document.head.append(script);
  };

  document.addEventListener("DOMContentLoaded", () => {
    document.querySelectorAll("form[data-send-once]").forEach(sendOnce);
    const selects = document.querySelectorAll("select[data-searchable]");
    if (selects.length > 0) {
      makeSearchable(selects);
    }
  });

  window.addEventListener("pageshow", () => {
    document.querySelectorAll("form[data-sent]").forEach((form) => delete form.dataset.sent);
  });
})();
