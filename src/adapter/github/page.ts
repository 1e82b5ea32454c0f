// Lists that GitHub gives page by page. Knows no list.

export const PAGE = 100;

/** All of them, at most `pagesMax` pages: what is on later ones is not seen. */
export async function pages<T>(pagesMax: number, read: (page: number) => Promise<readonly T[]>): Promise<readonly T[]> {
  const all: T[] = [];
  for (let page = 1; page <= pagesMax; page += 1) {
    const some = await read(page);
    all.push(...some);
    if (some.length < PAGE) break;
  }
  return all;
}
