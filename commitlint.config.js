/** Rules for commit subjects; CONTRIBUTING.md explains them. */
export default {
  extends: ['@commitlint/config-conventional'],
  rules: {
    // A subject of at most 72 characters fits `git log --oneline` and every web page that shows it.
    'header-max-length': [2, 'always', 72],
    // Bodies may hold URLs and command output, which do not wrap.
    'body-max-line-length': [0],
    'footer-max-line-length': [0],
    // Subjects begin in lower case, but may begin with a name such as `MySQL`.
    'subject-case': [0],
  },
};
