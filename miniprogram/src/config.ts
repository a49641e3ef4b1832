/** Where the city's server is. The vendor's platform wants it among the app's allowed hosts. */
export const ORIGIN = "https://zero-run.example";

/**
 * Whether the platform's frames of the front camera are turned as in a mirror. The server wants them
 * as others see the person; which they are is to be looked at: see README.md.
 */
export const FRAMES_ARE_MIRRORED: boolean = false;
