/** Bounds on files and on the work that one may cause: those of the service, so that what passes here passes there. */
export const LIMITS = {
  /** Most bytes of a file that is read, and of all files of one upload together. */
  fileBytes: 64 * 1024,
  uploadBytes: 64 * 1024,
  uploadFiles: 2,
  certificateBytes: 16 * 1024,
  /** Most files of a chosen folder that are looked at. */
  folderFiles: 2000,
  /** Most certificates in one file. */
  certificates: 20,
  pemBlocks: 40,
  /** Most rounds of key derivation for one try at one source of files. */
  rounds: 1_000_000,
  scryptBytes: 32 * 1024 * 1024,
  scryptLanes: 4,
  rsaBits: 8192,
  pfxParts: 8,
  pfxBags: 40,
  /** Deepest nesting of values in BER. */
  depth: 32,
} as const;
