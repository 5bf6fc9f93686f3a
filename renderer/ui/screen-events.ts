/** Events of the window by which a command of the menu reaches the screen that is there; one that has no use for it lets it be. */
export const screenEvents = { find: 'proofbench:find', saveBundle: 'proofbench:save-bundle' } as const;
