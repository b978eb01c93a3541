import { defineConfig } from 'eslint/config'
import grafana from './.config/eslint.config.mjs'

/** Grafana's rules, and those of the repository. */
export default defineConfig([
  { ignores: ['dist/**', 'node_modules/**', '.config/**', 'build/**', '*.js'] },
  ...grafana,
  {
    files: ['src/**/*.{ts,tsx}', 'e2e/*.ts', 'playwright.config.ts'],
    languageOptions: { parserOptions: { project: './tsconfig.json' } },
    rules: {
      '@typescript-eslint/no-explicit-any': 'error',
      '@typescript-eslint/no-deprecated': 'error',
      '@typescript-eslint/consistent-type-imports': 'error',
      '@typescript-eslint/no-floating-promises': 'error',
      '@typescript-eslint/switch-exhaustiveness-check': ['error', { considerDefaultExhaustiveForUnions: true }],
      // Not the repository's taste.
      '@typescript-eslint/array-type': 'off',
      curly: 'off',
      'react/react-in-jsx-scope': 'off',
      'no-console': 'error',
      'max-lines': ['error', { max: 300 }],
      'max-lines-per-function': ['error', { max: 60, skipComments: true, skipBlankLines: true }],
      eqeqeq: 'error',
    },
  },
  {
    files: ['src/**/*.test.{ts,tsx}', 'e2e/*.spec.ts'],
    rules: { 'max-lines-per-function': 'off', 'max-lines': 'off' },
  },
])
