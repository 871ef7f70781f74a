// The page follows whichever run its visitor set in motion last, as a page of a client would.

const status = document.querySelector("sym-status");

for (const happened of ["sym-message", "sym-submitted"]) {
  document.addEventListener(happened, ({ detail }) => {
    if (detail.run) status.setAttribute("run", detail.run);
  });
}
