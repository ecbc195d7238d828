/** Which page is shown: read from the address's fragment (`#/runs/7`), so that back and forward work. */

export const pageNames = ['projects', 'wizard', 'runs', 'run', 'tagging', 'notes', 'note', 'studies', 'study'] as const;
export type PageName = (typeof pageNames)[number];

export interface Route {
  readonly page: PageName;
  /** The run, note, tagging or study that the page is about. */
  readonly id: string | null;
  /**
   * Further words for the page. A note of a tagging: `#/notes/7?at=120` (the offset of an entity or of any place); a document of the corpus:
   * `#/notes/7?kind=document&at=120&to=131`. `at` and `to` are UTF-16 offsets in its text, `to` is needed only where no entity lies.
   */
  readonly query: Readonly<Record<string, string>>;
}

/** The page of one of the things that a folder's page lists. */
const singlePages: Readonly<Partial<Record<string, PageName>>> = {
  runs: 'run',
  notes: 'note',
  tagging: 'tagging',
  studies: 'study',
};

let current = $state.raw<Route>(parse(window.location.hash));
window.addEventListener('hashchange', () => (current = parse(window.location.hash)));

export const router = {
  get route(): Route {
    return current;
  },
};

/** The address of a page, for links. */
export function addressOf(page: PageName, id: string | number | null = null, query: Route['query'] = {}): string {
  const folder = page === 'run' ? 'runs' : page === 'note' ? 'notes' : page === 'study' ? 'studies' : page;
  const words = new URLSearchParams(query).toString();
  return `#/${folder}${id === null ? '' : `/${encodeURIComponent(id)}`}${words === '' ? '' : `?${words}`}`;
}

export function goTo(page: PageName, id: string | number | null = null, query: Route['query'] = {}): void {
  window.location.hash = addressOf(page, id, query);
}

function parse(hash: string): Route {
  const [path = '', words = ''] = hash.replace(/^#\/?/, '').split('?');
  const [folder = '', id] = path.split('/');
  const query = Object.fromEntries(new URLSearchParams(words));
  const single = singlePages[folder] ?? null;
  if (id !== undefined && id !== '' && single !== null) return { page: single, id: decodeURIComponent(id), query };
  const page = pageNames.find((name) => name === folder) ?? 'projects';
  return { page, id: null, query };
}
