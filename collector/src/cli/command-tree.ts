import type { Command } from 'commander'

/** A program and every command below it. */
export function allCommands(program: Command): readonly Command[] {
  return [program, ...program.commands.flatMap(allCommands)]
}

/** `eventloom events`, as help and messages name a command. */
export function fullName(command: Command): string {
  const parent = command.parent === null ? '' : `${fullName(command.parent)} `
  return `${parent}${command.name()}`
}
