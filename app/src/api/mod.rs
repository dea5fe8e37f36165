//! Server functions, a file a feature: who asks, one engine call, the reply.
