/** Deletes the oldest entries of a map until at most `most` are left. */
export const keepNewest = (map: Map<string, unknown>, most: number): void => {
  for (const first of map.keys()) {
    if (map.size <= most) return
    map.delete(first)
  }
}
