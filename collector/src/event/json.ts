/** Deeper than any object of Kubernetes or answer of a store. What lies deeper costs hundreds of bytes of memory for each bracket. */
export const MOST_LEVELS = 200

const [QUOTE, BACKSLASH, OPEN_LIST, CLOSE_LIST, OPEN_OBJECT, CLOSE_OBJECT] = [34, 92, 91, 93, 123, 125]

/**
 * Parses JSON that somebody else wrote.
 *
 * @throws SyntaxError for what is no JSON, and for what is nested in more than {@link MOST_LEVELS} levels, before it is parsed
 */
export function parseJson(text: string): unknown {
  if (mayBeDeep(text) && depthOf(text) > MOST_LEVELS) {
    throw new SyntaxError(`it is nested in more than ${MOST_LEVELS} levels`)
  }
  return JSON.parse(text)
}

/** Whether there are enough brackets at all: most texts have a few, and finding them costs little. */
function mayBeDeep(text: string): boolean {
  let brackets = 0
  for (const bracket of ['{', '[']) {
    for (let at = text.indexOf(bracket); at !== -1; at = text.indexOf(bracket, at + 1)) {
      brackets += 1
      if (brackets > MOST_LEVELS) return true
    }
  }
  return false
}

/** Brackets open at once outside strings, at most; it stops looking once they are too many. */
function depthOf(text: string): number {
  let [depth, deepest, isInString] = [0, 0, false]
  for (let index = 0; index < text.length && deepest <= MOST_LEVELS; index += 1) {
    const code = text.charCodeAt(index)
    if (isInString) {
      if (code === BACKSLASH) index += 1
      else if (code === QUOTE) isInString = false
    } else if (code === QUOTE) isInString = true
    else if (code === OPEN_OBJECT || code === OPEN_LIST) deepest = Math.max(deepest, ++depth)
    else if (code === CLOSE_OBJECT || code === CLOSE_LIST) depth -= 1
  }
  return deepest
}
