/** Files and folders that are dropped on a page, with a browser's entries stood in for. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { filesOfDrop, LIMITS } from "../src/index.ts";

interface Entry {
  readonly name: string;
  readonly isFile: boolean;
}

function aFile(name: string): Entry {
  return { name, isFile: true, file: (found: (file: File) => void) => found(new File(["x"], name)) } as Entry;
}

/** A browser returns the members of a folder in batches, and none at the end. */
function aFolder(name: string, inside: Entry[], batch = 100): Entry {
  const createReader = () => {
    let at = 0;
    return {
      readEntries: (found: (entries: Entry[]) => void) => {
        found(inside.slice(at, at + batch));
        at += batch;
      },
    };
  };
  return { name, isFile: false, createReader } as Entry;
}

function dropped(...entries: Entry[]): DataTransfer {
  const items = entries.map((entry) => ({ webkitGetAsEntry: () => entry }));
  const files = entries.filter(({ isFile }) => isFile).map(({ name }) => new File(["x"], name));
  return { items, files } as unknown as DataTransfer;
}

test("a dropped folder keeps the places of its files", async () => {
  const user = aFolder("cn=홍길동", [aFile("signCert.der"), aFile("signPri.key")], 1);
  const found = await filesOfDrop(dropped(aFolder("NPKI", [aFolder("USER", [user])]), aFile("a.pfx")));
  assert.deepEqual(
    found.map((each) => "path" in each && each.path),
    ["NPKI/USER/cn=홍길동/signCert.der", "NPKI/USER/cn=홍길동/signPri.key", "a.pfx"],
  );
});

test("dropped files are those of the event", async () => {
  const found = await filesOfDrop(dropped(aFile("signCert.der"), aFile("signPri.key")));
  assert.deepEqual(
    found.map((each) => each instanceof File && each.name),
    ["signCert.der", "signPri.key"],
  );
});

test("a folder without end is left at the limit, and one too deep is not entered", async () => {
  const many = Array.from({ length: LIMITS.folderFiles + 500 }, (_, i) => aFile(`${i}`));
  assert.equal((await filesOfDrop(dropped(aFolder("many", many)))).length, LIMITS.folderFiles);
  let deep = aFolder("deep", [aFile("x")]);
  for (let i = 0; i < 20; i += 1) deep = aFolder("deep", [deep]);
  assert.deepEqual(await filesOfDrop(dropped(deep)), []);
});

test("a file that is gone is passed over, and a signal ends the walk", async () => {
  const gone = { name: "gone", isFile: true, file: (_: unknown, failed: () => void) => failed() } as Entry;
  const folder = aFolder("NPKI", [gone, aFile("signCert.der")]);
  assert.equal((await filesOfDrop(dropped(folder))).length, 1);
  assert.deepEqual(await filesOfDrop(dropped(folder), { signal: AbortSignal.abort() }), []);
});
