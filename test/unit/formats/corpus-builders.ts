/** Builders for reader tests: decoded files without a disk, and folders of small files that vanish after the test. */
import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
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
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  for (const [name, content] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, name)), { recursive: true });
    writeFileSync(join(folder, name), content);
  }
  return folder;
}

/** Take away all permissions until the test ends. */
export function makeUnreadable(t: TestContext, path: string): void {
  chmodSync(path, 0o000);
  t.after(() => chmodSync(path, 0o700));
}

/** Why tests of permissions cannot run here, or false. */
export const permissionSkip =
  process.platform === 'win32' || process.getuid?.() === 0 ? 'permissions do not bind this user' : false;
