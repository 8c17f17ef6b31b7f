// SPDX-License-Identifier: Apache-2.0
package io.fedtrust.attestation.engine;

/** Topics and members of messages between sites; NVFlare's names where it has one. */
final class Topics {
  /** A client wants to register: the server requests its evidence. */
  static final String CHALLENGE = "challenge";

  /** The client's evidence, and its own request. */
  static final String REGISTER = "register";

  /** One site requests the evidence of another while both run. */
  static final String FRESH_TOKEN = "request_fresh_token";

  /** A client asks the server who is there. */
  static final String GET_SITES = "get_sites";

  /** The server wants a nonce for a round. */
  static final String JOB_NONCE = "job_nonce";

  /** The server sends the list of a round. */
  static final String JOB_LIST = "job_list";

  /** The server sends the verified set and wants to know whether the client takes the job. */
  static final String CHECK_RESOURCE = "scheduler.check_resource";

  /** A client fetches entries that did not fit into the message with the set. */
  static final String JOB_ENTRIES = "job_entries";

  /** The server orders the job to start. */
  static final String JOB_DISPATCH = "job_dispatch";

  /** The server says that an attempt, or the job, is over. */
  static final String JOB_END = "job_end";

  static final String REQUESTER = "requester";
  static final String SITES = "sites";
  static final String SITE_NAME = "site_name";

  /** Entries in the reply to {@link #FRESH_TOKEN}. */
  static final String REPLY_INFO = "cc_info";

  static final String JOB = "job";
  static final String NONCE = "nonce";

  /** A map of every participant's entries. */
  static final String PEER_TOKENS = "_peer_ctx_cc_token";

  static final String ENOUGH = "_is_resource_enough";

  /** Says why, where {@link #ENOUGH} is false. */
  static final String RESERVE_TOKEN = "_resource_reserve_token";

  /** 32 random bytes of a request, by which a refusal names it. */
  static final String REQUEST = "_cc_request";

  /** There if a refusal is signed. */
  static final String SIGNATURE = "_cc_sig";

  /** A signed evidence request, beside whatever else a message holds. */
  static final String ASK = "_cc_ask";

  /** What a site without evidence answers to a request for evidence. */
  static final String HERE = "_cc_here";

  /** The signed set, beside the entries of its participants. */
  static final String SET = "_cc_set";

  /** The signed answer to {@link #SET}. */
  static final String ANSWER = "_cc_answer";

  static final String DISPATCH = "_cc_dispatch";

  /** The signed answer to {@link #DISPATCH}. */
  static final String START = "_cc_start";

  static final String END = "_cc_end";

  /** Digest of a set, in {@link #JOB_ENTRIES}. */
  static final String SET_DIGEST = "set";

  /** Whose entries are wanted, in {@link #JOB_ENTRIES}. */
  static final String NAMES = "names";

  private Topics() {}
}
