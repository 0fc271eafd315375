//! Text + fixes -> text.
