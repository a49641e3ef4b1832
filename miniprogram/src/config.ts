/** Where the city's server is. The vendor's platform wants it among the app's allowed hosts. */
export const ORIGIN = "https://zero-run.example";
