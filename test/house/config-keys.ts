import * as Schema from "effect/Schema"
import * as SchemaAST from "effect/SchemaAST"

interface Node {
  readonly path: string
  readonly leaf: boolean
}

const below = (path: string, name: string) => (path === "" ? name : `${path}.${name}`)

const walk = (ast: SchemaAST.AST, path: string): ReadonlyArray<Node> => {
  if (SchemaAST.isUnion(ast)) return ast.types.flatMap((type) => walk(type, path))
  if (SchemaAST.isArrays(ast)) {
    const inside = [...ast.elements, ...ast.rest].flatMap((type) => walk(type, `${path}[]`))
    return inside.some(({ path: inner }) => inner !== `${path}[]`) ? inside : [{ path, leaf: true }]
  }
  if (!SchemaAST.isObjects(ast)) return [{ path, leaf: true }]
  const named = ast.propertySignatures.flatMap(({ name, type }) => walk(type, below(path, String(name))))
  const others = ast.indexSignatures.flatMap(({ type }) => walk(type, below(path, "<>")))
  return [{ path, leaf: false }, ...named, ...others]
}

/** Every key of a schema as its file is written: `api.keys[].id`, with `<>` for a name of the writer's own. */
export const keysOf = (schema: Schema.Top, path = "") => {
  const nodes = walk(Schema.toEncoded(schema).ast, path)
  const inner = new Set(nodes.flatMap((node) => (node.leaf ? [] : [node.path])))
  return {
    all: new Set(nodes.map((node) => node.path)),
    /** Those that hold no other keys. */
    leaves: new Set(nodes.flatMap((node) => (inner.has(node.path) ? [] : [node.path])))
  }
}

/** `connectors.<id>.from` as {@link keysOf} writes it. */
export const anonymous = (key: string): string => key.replaceAll(/<[^>]*>/g, "<>")
