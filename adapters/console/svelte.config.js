// The policy of the page allows no other styles than those of its own files.
export default { compilerOptions: { css: "external", runes: true } };
