/** Words that messages put where a credential would stand. */
const WORDS =
  /^(?:|\W+|not|no|is|was|are|none|null|nil|<nil>|true|false|on|off|yes|enabled|disabled|required|missing|invalid|incorrect|wrong|expired|empty|must|cannot|failed|denied|unauthorized|forbidden|authentication|authorization|permission|error|bearer|basic|root)$/i

/** Whether a message says something about a credential here, and does not show it. */
export function isWord(value: string): boolean {
  return WORDS.test(value)
}

/** A count, or where a credential lies. */
export function isNumberOrPath(value: string): boolean {
  return /^\d{1,9}$/.test(value) || value.startsWith('/')
}

/** The name of a Kubernetes object, perhaps with its namespace. */
export function isObjectName(value: string): boolean {
  return /^[a-z0-9](?:[a-z0-9./-]{0,251}[a-z0-9])?$/.test(value) && !isRandom(value)
}

/** Whether a text looks as if a machine had drawn its characters, and is no word, name, path, time or version. */
export function isRandom(value: string): boolean {
  if (value.length < 8 || value.startsWith('/') || !/^[\w.~+/=:-]+$/.test(value)) return false
  if (/^v?\d+(?:[.:-]\d+)+/.test(value) && !/[A-Za-z]{4}/.test(value)) return false
  const [hasDigit, hasUpper, hasLower] = [/\d/.test(value), /[A-Z]/.test(value), /[a-z]/.test(value)]
  if (hasDigit && hasUpper && hasLower) return true
  if (hasUpper && hasLower) return value.length >= 16 && caseChanges(value) > value.length * 0.3
  // Lower case is what names are made of, and theirs are parts with dashes.
  return hasDigit && (hasUpper || hasLower) && value.length >= 16 && !/[-.:/]/.test(value)
}

function caseChanges(value: string): number {
  let changes = 0
  for (let index = 1; index < value.length; index++) {
    if (/[A-Z]/.test(value.charAt(index)) !== /[A-Z]/.test(value.charAt(index - 1))) changes += 1
  }
  return changes
}
