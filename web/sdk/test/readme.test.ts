/** README.md has the example whose types are checked, and names everything that is exported. */
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import * as sdk from "../src/index.ts";

const readme = readFileSync(new URL("../README.md", import.meta.url), "utf8");

test("the example is the checked one", () => {
  const file = readFileSync(new URL("example.ts", import.meta.url), "utf8");
  const [, example] = /\/\/ example: start\n([\s\S]*)\/\/ example: end/.exec(file) ?? [];
  assert.ok(example);
  assert.ok(readme.includes(`\n${example}\`\`\``));
});

test("every exported function is described", () => {
  const names = Object.keys(sdk);
  assert.ok(names.length > 10);
  assert.deepEqual(
    names.filter((name) => !new RegExp(`(?:function|const) ${name}\\b`).test(readme)),
    [],
  );
});
