/** The files that a customer chose or dropped, with their places in the folder. */
import { type Bytes, concat } from "../bytes.ts";
import { LIMITS } from "../limits.ts";
import { Stopped, throwIfStopped } from "./refusal.ts";

/** A file, or a file and its path within the chosen folder; `webkitRelativePath` is read where no path is given. */
export type Picked = File | PlacedFile;

export interface PlacedFile {
  readonly file: File;
  /** With slashes; without any for a file that was chosen by itself. */
  readonly path: string;
}

export function placed(picked: Picked): PlacedFile {
  if ("file" in picked) return picked;
  return { file: picked, path: picked.webkitRelativePath || picked.name };
}

export function folderOf(path: string): string {
  return path.slice(0, Math.max(path.lastIndexOf("/"), 0));
}

export function nameOf(path: string): string {
  return path.slice(path.lastIndexOf("/") + 1);
}

/** All bytes of a file whose size was checked; null where it cannot be read, or has more than it said. */
export async function bytesOf(file: Blob, signal: AbortSignal | undefined): Promise<Bytes | null> {
  throwIfStopped(signal);
  const parts: Uint8Array[] = [];
  let size = 0;
  try {
    const reader = file.stream().getReader();
    for (;;) {
      const { done, value } = await reader.read();
      if (done) return concat(...parts);
      size += value.length;
      // A file that is written to while it is read must not fill the memory.
      if (size > LIMITS.fileBytes) {
        await reader.cancel();
        return null;
      }
      throwIfStopped(signal);
      parts.push(value);
    }
  } catch (error) {
    if (error instanceof Stopped) throw error;
    return null;
  }
}

const DEEPEST = 12;

/**
 * The files of a drop, folders included. Call it in the handler of the event, before any `await`: the browser empties
 * the event afterwards.
 */
export async function filesOfDrop(data: DataTransfer, options: { signal?: AbortSignal } = {}): Promise<Picked[]> {
  const entries = [...data.items].map((item) => item.webkitGetAsEntry?.() ?? null);
  const files = [...data.files];
  if (entries.every((entry) => entry === null || entry.isFile)) return files;
  const found: PlacedFile[] = [];
  for (const entry of entries) if (entry) await walk(entry, "", 0, found, options.signal);
  return found;
}

async function walk(
  entry: FileSystemEntry,
  folder: string,
  depth: number,
  found: PlacedFile[],
  signal: AbortSignal | undefined,
): Promise<void> {
  if (signal?.aborted || depth > DEEPEST || found.length >= LIMITS.folderFiles) return;
  if (entry.isFile) {
    const file = await new Promise<File | null>((resolve) => {
      (entry as FileSystemFileEntry).file(resolve, () => resolve(null));
    });
    if (file) found.push({ file, path: folder + file.name });
    return;
  }
  const reader = (entry as FileSystemDirectoryEntry).createReader();
  for (;;) {
    // A browser returns a hundred at a time, and none at the end.
    const batch = await new Promise<FileSystemEntry[]>((resolve) => {
      reader.readEntries(resolve, () => resolve([]));
    });
    if (batch.length === 0) return;
    for (const inner of batch) await walk(inner, `${folder}${entry.name}/`, depth + 1, found, signal);
  }
}
