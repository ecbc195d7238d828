/** Builders for reader tests: decoded files without a disk, and folders of small files that vanish after the test. */
import { chmodSync, lstatSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import type { TestContext } from 'node:test';
import { decodeAllowingEmpty } from '../../../worker/formats/decode.ts';
import type { DecodedFile, FileGroup } from '../../../worker/formats/format.ts';

/** A group named `note` with these files, decoded from UTF-8. */
export function decodedGroup(contents: Record<string, string>): { group: FileGroup; files: DecodedFile[] } {
  const group = { name: 'note', files: Object.keys(contents).map((name) => `/corpus/${name}`) };
  return { group, files: Object.values(contents).map((content) => decodeAllowingEmpty(Buffer.from(content))) };
}

/** A temporary folder holding these files (relative path to content); removed when the test ends. */
export function temporaryFolder(t: TestContext, files: Record<string, string | Uint8Array> = {}): string {
  const folder = mkdtempSync(join(tmpdir(), 'notegraft-formats-'));
  t.after(() => {
    for (const name of readdirSync(folder)) if (isShut(join(folder, name))) chmodSync(join(folder, name), 0o700);
    rmSync(folder, { recursive: true, force: true });
  });
  for (const [name, content] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, name)), { recursive: true });
    writeFileSync(join(folder, name), content);
  }
  return folder;
}

/** Take away all permissions of a direct child of a temporary folder, which gives them back when it is removed. */
export function makeUnreadable(path: string): void {
  chmodSync(path, 0o000);
}

function isShut(path: string): boolean {
  return (lstatSync(path).mode & 0o777) === 0;
}

/** Why tests of permissions cannot run here, or false. */
export const permissionSkip =
  process.platform === 'win32' || process.getuid?.() === 0 ? 'permissions do not bind this user' : false;
