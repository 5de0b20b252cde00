/** Libraries of glibc and GCC that Node is linked to, and the loader; also with the version of glibc in the name. */
const known =
  /^(ld|ld-linux-[a-z0-9_-]+|libc|libm|libdl|librt|libpthread|libatomic|libstdc\+\+|libgcc_s)(-[\d.]+)?\.so(\.[\d.]+)?$/

const nameOf = (path: string) => path.slice(path.lastIndexOf("/") + 1)

/** Returns the names of the native libraries that Node itself does not need, without their folders. */
export const foreignLibraries = (paths: ReadonlyArray<string>): ReadonlyArray<string> => [
  ...new Set(paths.map(nameOf).filter((name) => !known.test(name)))
]
